export interface TimeSlicesOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /**
   * Time (ms) after which the event loop gets its turn. Default: 8. The turns of a slice share a
   * commit, and with two in a commit, the writer thread takes twice as long as with eight.
   */
  readonly sliceMs?: number
}

/**
 * Creates a function that resolves when the caller may work, in the order of the calls. If all
 * requests that can be read were answered at once, the replies to earlier ones would wait for them:
 * 50 ms with 32 clients. So further callers wait for the next turn of the event loop after each
 * slice.
 */
export function createTimeSlices({ now, sliceMs = 8 }: TimeSlicesOptions): () => Promise<void> {
  const waiting: (() => void)[] = []
  let isRunning = false
  let end = 0

  function beginSlice(): void {
    end = now() + sliceMs
    admit()
  }

  function admit(): void {
    waiting.shift()?.()
    // The steps of the work are microtasks. A tick that one of them adds runs when none is left:
    // the work is done, or waits for an event.
    queueMicrotask(() => process.nextTick(goOn))
  }

  function goOn(): void {
    if (waiting.length === 0) isRunning = false
    else if (now() < end) admit()
    else setImmediate(beginSlice)
  }

  return () =>
    new Promise(resolve => {
      waiting.push(resolve)
      if (isRunning) return
      isRunning = true
      setImmediate(beginSlice)
    })
}
