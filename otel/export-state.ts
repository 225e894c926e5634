import { context } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core'

/** What is sent to somewhere else. Lines of the log are not: the collector reads their files. */
export type ExportedSignal = 'traces' | 'metrics'

/** How the sending of a signal to one place fares. Items are spans, or collections of all metrics; times are those of `performance.now()`. */
export interface ExportState {
  readonly signal: ExportedSignal
  /** Address, without credentials. */
  readonly destination: string
  /** Items that wait for the next batch; those under way are none of them. */
  readonly queued: number
  readonly exported: number
  /** Items that were refused because too many waited, and those of failed attempts. */
  readonly dropped: number
  readonly failures: number
  /** Why the last attempt failed; undefined if it did not. */
  readonly failure: string | undefined
  readonly lastSuccessAtMs: number | undefined
  /** Since when there is something to send, or was lost, and nothing has left; undefined while all that there was has left. */
  readonly stalledSinceMs: number | undefined
}

/** Keeps an `ExportState` as it is told of what happens. */
export interface ExportTracker {
  readonly state: ExportState
  /** Says whether an item may wait, which it does from now on; where as many wait as may it is lost. */
  admit(maxQueued: number): boolean
  /** Runs an attempt to send so many of those that wait, and learns from its result how it went. */
  attempt(items: number, send: (done: (result: ExportResult) => void) => void): void
}

type Send = (done: (result: ExportResult) => void) => void

interface Tracked {
  readonly tracker: ExportTracker
  readonly sendNothing: Send | undefined
}

const tracked: Tracked[] = []

/** How everything fares that is sent from this process, or that is of one signal. */
export function exportStates(signal?: ExportedSignal): readonly ExportState[] {
  return tracked.map(({ tracker }) => tracker.state).filter(state => signal === undefined || state.signal === signal)
}

/**
 * Sends a batch of nothing wherever the last attempt failed and nothing waits: where nobody asks for anything any more, nothing else would find
 * out that the way is free again. Such an attempt counts as none, but clears the failure.
 */
export function probeFailedExports(): void {
  for (const { tracker, sendNothing } of tracked) {
    const { failure, queued } = tracker.state
    if (failure === undefined || queued > 0 || sendNothing === undefined) continue
    context.with(suppressTracing(context.active()), () => tracker.attempt(0, sendNothing))
  }
}

/** Begins to keep the state of what is sent to one place, for `exportStates`. `sendNothing` sends a batch without items. */
export function trackExports(signal: ExportedSignal, destination: string, sendNothing?: Send): ExportTracker {
  let queued = 0
  let underWay = 0
  let attempts = 0
  let exported = 0
  let dropped = 0
  let failures = 0
  let failure: string | undefined
  let lastSuccessAtMs: number | undefined
  let stalledSinceMs: number | undefined

  function learn(items: number, { code, error }: ExportResult): void {
    attempts--
    underWay -= items
    if (code === ExportResultCode.SUCCESS) {
      failure = undefined
      exported += items
      lastSuccessAtMs = performance.now()
      stalledSinceMs = queued + underWay > 0 ? lastSuccessAtMs : undefined
    } else {
      failure = reasonOf(error)
      dropped += items
      if (items > 0) failures++
    }
  }

  const tracker: ExportTracker = {
    get state() {
      return { signal, destination, queued, exported, dropped, failures, failure, lastSuccessAtMs, stalledSinceMs }
    },
    admit(maxQueued) {
      if (queued >= maxQueued) {
        dropped++
        return false
      }
      queued++
      stalledSinceMs ??= performance.now()
      return true
    },
    attempt(items, send) {
      // A probe is not sent after another, or after spans, that may still bring the news.
      if (items === 0 && attempts > 0) return
      attempts++
      queued -= items
      underWay += items
      let isOver = false
      const done = (result: ExportResult) => {
        if (!isOver) learn(items, result)
        isOver = true
      }
      try {
        send(done)
      } catch (error) {
        done({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) })
        throw error
      }
    },
  }
  tracked.push({ tracker, sendNothing })
  return tracker
}

/** Several addresses that were all tried make an error without a message of its own. */
function reasonOf(error: (Error & { readonly errors?: unknown; readonly code?: unknown }) | undefined): string {
  if (error === undefined) return 'no reason given'
  const [first] = Array.isArray(error.errors) ? error.errors : []
  const message = error.message || (first instanceof Error ? first.message : '') || error.name
  return typeof error.code === 'number' ? `${error.code} ${message}` : message
}
