import { type ExportTracker, toExportResult } from '../export-state.ts'

/** Counts errors that are not sent. Never throws. */
export interface Losses {
  /** Counts an error above the limit. */
  refuse(): void
  /** Counts an error that could not be sent, and why: a text without anything of users. */
  fail(reason: string): void
}

/** Creates the functions that count losses of a signal. */
export function createLosses(tracker: ExportTracker): Losses {
  return {
    refuse: () => void tracker.admit(0),
    fail: reason => tracker.attempt(1, done => done(toExportResult(reason))),
  }
}
