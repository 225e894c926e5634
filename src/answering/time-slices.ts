import { overloaded } from './pool/waiting-line.ts'

/**
 * Time after which the event loop continues. The turns of a slice share a commit, and with two in a
 * commit, the writer thread takes twice as long as with eight.
 */
const SLICE_MS = 8

export interface TimeSlicesOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Default: 1,000. */
  readonly maxWaiting?: number
}

/**
 * Creates a function that resolves when the caller may work, in the order of the calls. If all
 * requests that can be read were answered at once, the replies to earlier ones would wait for them:
 * 50 ms with 32 clients. So further callers wait for the next pass of the event loop after each
 * slice. Rejects with OVERLOADED if too many wait: the event loop is not delayed then.
 */
export function createTimeSlices({ now, maxWaiting = 1000 }: TimeSlicesOptions): () => Promise<void> {
  const waiting: (() => void)[] = []
  let isRunning = false
  let end = 0

  function beginSlice(): void {
    end = now() + SLICE_MS
    admit()
  }

  function admit(): void {
    waiting.shift()?.()
    // The steps of the work are microtasks. A tick that one of them adds runs when none is left:
    // the work is done, or waits for an event.
    queueMicrotask(() => process.nextTick(continueNext))
  }

  function continueNext(): void {
    if (waiting.length === 0) isRunning = false
    else if (now() < end) admit()
    else setImmediate(beginSlice)
  }

  return () =>
    new Promise((resolve, reject) => {
      if (waiting.length >= maxWaiting) return reject(overloaded('Too many questions are waiting'))
      waiting.push(resolve)
      if (isRunning) return
      isRunning = true
      setImmediate(beginSlice)
    })
}
