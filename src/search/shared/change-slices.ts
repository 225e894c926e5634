import { setImmediate as nextTurn } from 'node:timers/promises'
import type { IndexReaders } from './index-publisher.ts'

/**
 * Longest stretch of work between two turns of the event loop; longer pauses would delay requests
 * and the searches of other threads.
 */
const SLICE_MS = 6

export interface SliceOptions {
  readonly readers: IndexReaders
  /** Returns what changes must wait for, if anything. */
  readonly pending: () => Promise<unknown> | undefined
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
}

/** Changes of an index in slices, between which requests are served and other threads read it. */
export type ChangeSlices = ReturnType<typeof createSlices>

export function createSlices({ readers, pending, now }: SliceOptions) {
  let start = 0

  /** Resolves when the index may be changed, until `next` or `end`. */
  async function begin(): Promise<void> {
    for (;;) {
      await pending()
      await readers.lock()
      if (pending() === undefined) return
      readers.unlock()
    }
  }

  return {
    begin,

    /** Call it between two changes: ends a slice that has taken its time, and begins the next. */
    async next(): Promise<void> {
      if (now() - start < SLICE_MS && pending() === undefined) return
      readers.unlock()
      await nextTurn()
      await begin()
      start = now()
    },

    end: () => readers.unlock(),
  }
}
