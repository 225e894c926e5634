import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceJsonFile } from './replace-file.ts'
import type { LogFile } from './retention-policy.ts'

/**
 * Name of the file in the log directory with the time of the last run. It matches no log file name,
 * so readers and retention skip it.
 */
export const LAST_RUN_FILE = 'retention-run.json'
/** The same in the data directory, for the retention of turns. */
export const LAST_TURN_RUN_FILE = 'turn-retention-run.json'

/**
 * Four days, a long weekend. After a longer pause between two runs, either nothing ran or the clock
 * jumped, and no record on this machine shows which.
 */
export const MAX_PAUSE_MS = 4 * 86_400_000

/** Whether so much time may have passed since an earlier time. Both are milliseconds since 1970. */
export function isPlausible(now: number, earlier: number): boolean {
  return now - earlier <= MAX_PAUSE_MS
}

/**
 * Reads the time of the last run in milliseconds; undefined if it is missing or not a time.
 * @param file Each kind of retention has its own: one must not vouch for the clock of another.
 */
export function readLastRun(dir: string, file = LAST_RUN_FILE): number | undefined {
  try {
    const ranAt = Date.parse(JSON.parse(readFileSync(join(dir, file), 'utf8')).ran_at)
    return Number.isNaN(ranAt) ? undefined : ranAt
  } catch {
    // A damaged file is as good as none: the newest record takes its place.
    return undefined
  }
}

/** Records the time of a run, in milliseconds since 1970. Throws the system's error. */
export function recordLastRun(dir: string, ranAt: number, file = LAST_RUN_FILE): void {
  replaceJsonFile(join(dir, file), { ran_at: new Date(ranAt).toISOString() })
}

/**
 * Returns the time of the newest write before a process started: its own files have the time of the
 * clock in question. Milliseconds since 1970; undefined without such files.
 */
export function findNewestWrite(files: readonly LogFile[], startedAt: number): number | undefined {
  const times = files.map(({ modifiedMs }) => modifiedMs).filter(modifiedMs => modifiedMs < startedAt)
  return times.length === 0 ? undefined : times.reduce((newest, time) => Math.max(newest, time))
}
