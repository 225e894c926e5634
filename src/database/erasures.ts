import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../logging/log.ts'

/** Content that is erased from the tables, and may still be in the files. */
export interface Erasures {
  /** Erasures that were pending at the last attempt. */
  readonly pending: number
  /**
   * Resolves to whether all content that was erased before the call has left the files. Waits up to
   * 155 ms for readers of the database to end.
   */
  settle(): Promise<boolean>
  /** Attempts what is pending, also of other processes and of an earlier run. */
  retry(): Promise<void>
}

export interface ErasuresOptions {
  /** Makes one attempt. Resolves to the erasures that are left; undefined if the disk fails. */
  readonly attempt: () => Promise<number | undefined>
  /** Counts the erasures that the database has recorded as pending. */
  readonly count: () => number
  readonly log: Log
}

/** Waits between attempts (ms), 155 in all. A read of this process ends within a few. */
const SETTLE_DELAYS_MS = [5, 10, 20, 40, 80]

/** Creates the state of a database that was just opened. */
export function createErasures({ attempt, count, log }: ErasuresOptions): Erasures {
  let pending = count()
  let isReported = false

  async function attemptOnce(): Promise<boolean> {
    pending = (await attempt()) ?? Math.max(1, pending)
    if (pending === 0 && isReported) log.info({ function: 'erase' }, 'Pending erasures finished')
    if (pending === 0) isReported = false
    return pending === 0
  }

  return {
    get pending() {
      return pending
    },
    async settle() {
      for (const delayMs of SETTLE_DELAYS_MS) {
        if (await attemptOnce()) return true
        await delay(delayMs)
      }
      if (await attemptOnce()) return true
      if (!isReported)
        log.warn({ function: 'erase', pending }, 'Erasure pending: another process reads the database, or the disk fails')
      isReported = true
      return false
    },
    async retry() {
      pending = count()
      if (pending > 0) await attemptOnce()
    },
  }
}
