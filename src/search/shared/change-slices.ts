import { setImmediate as nextTurn } from 'node:timers/promises'
import type { IndexReaders } from './index-publisher.ts'

/**
 * Longest stretch of work between two turns of the event loop; longer ones would delay requests.
 */
const SLICE_MS = 6
/**
 * Longest time for which other threads wait for the rest of a document, if the event loop has
 * nothing else to do between the slices; otherwise one of its turns longer. Threads see part of a
 * document only if it has more passages than can be replaced in that time, some hundreds.
 */
const DOCUMENT_MS = 50

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
  let locked = 0

  /** Resolves when the index may be changed, until `next` or `end`. */
  async function begin(): Promise<void> {
    for (;;) {
      await pending()
      await readers.lock()
      locked = now()
      if (pending() === undefined) return
      readers.unlock()
    }
  }

  return {
    /** Call it in a new turn of the event loop. */
    restart(): void {
      start = now()
    },

    begin,

    /**
     * Call it between two changes: ends a slice that has taken its time, and begins the next.
     * @param isWhole Whether the last document is complete.
     */
    async next(isWhole: boolean): Promise<void> {
      const isPending = pending() !== undefined
      if (now() - (isWhole ? locked : start) < SLICE_MS && !isPending) return
      const mayRead = isWhole || isPending || now() - locked > DOCUMENT_MS - SLICE_MS
      if (mayRead) readers.unlock()
      await nextTurn()
      if (mayRead) await begin()
      start = now()
    },

    end: () => readers.unlock(),
  }
}
