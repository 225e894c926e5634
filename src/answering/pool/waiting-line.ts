import { ChatError } from '../../errors.ts'

export interface WaitingLineOptions {
  /** Questions that are answered at once. */
  readonly places: number
  readonly maxWaiting: number
  /** Longest time (ms) that a question waits. */
  readonly limitMs: number
  /** Calls `run` after a delay; returns a function that cancels it. */
  readonly setTimer: (run: () => void, afterMs: number) => () => void
}

/** Questions that wait for a worker, in the order of their arrival. */
export interface WaitingLine {
  /**
   * Resolves when a place is free, and takes it until `leave`.
   * @throws {ChatError} OVERLOADED, with `retryAfterS`, if too many questions wait, or this one for
   * too long; SHUTTING_DOWN after `close`.
   */
  enter(): Promise<void>
  leave(): void
  /** Rejects all questions that wait. */
  close(): void
}

/** Seconds after which callers may ask again. */
export const RETRY_AFTER_S = 5

/** Creates a line. */
export function createWaitingLine({ places, maxWaiting, limitMs, setTimer }: WaitingLineOptions): WaitingLine {
  const line = new Set<PromiseWithResolvers<void>>()
  let free = places
  let isClosed = false

  async function wait(): Promise<void> {
    const waiting = Promise.withResolvers<void>()
    line.add(waiting)
    const cancelTimer = setTimer(() => {
      line.delete(waiting)
      waiting.reject(overloaded('The question waited too long'))
    }, limitMs)
    try {
      await waiting.promise
    } finally {
      cancelTimer()
    }
  }

  return {
    async enter() {
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      if (free > 0) free--
      else if (line.size < maxWaiting) await wait()
      else throw overloaded('Too many questions are waiting')
    },

    leave() {
      const [next] = line
      if (next === undefined) free++
      else {
        line.delete(next)
        next.resolve()
      }
    },

    close() {
      isClosed = true
      for (const waiting of line) waiting.reject(new ChatError('SHUTTING_DOWN'))
      line.clear()
    },
  }
}

/** The error of a question that is refused. */
export function overloaded(message: string): ChatError {
  return new ChatError('OVERLOADED', { message, retryAfterS: RETRY_AFTER_S })
}
