export interface SliceQueueOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Time (ms) after which the other functions wait for the next slice. Default: 8. */
  readonly sliceMs?: () => number
  /** Functions that run in a slice at most. Default: all that fit in the slice. */
  readonly maxRuns?: number
}

/**
 * How long work may hold the event loop (ms). A commit of the database serves all turns of
 * conversations that a slice has answered.
 */
export const USUAL_SLICE_MS = 8

/**
 * Creates a function that runs others in a later pass of the event loop, in their order. Each pass
 * runs a slice of them, however many wait: connections are accepted and read between two slices.
 */
export function createSliceQueue({
  now,
  sliceMs = () => USUAL_SLICE_MS,
  maxRuns = Number.POSITIVE_INFINITY,
}: SliceQueueOptions): (run: () => void) => void {
  let waiting: (() => void)[] = []
  let isScheduled = false

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(runSlice)
  }

  function runSlice(): void {
    isScheduled = false
    const end = now() + sliceMs()
    // Those that come meanwhile belong to the next slice.
    const due = waiting
    waiting = []
    let done = 0
    const runNext = () => {
      due[done++]?.()
      // What a request does without waiting for an event are microtasks, and count as its time.
      queueMicrotask(() => process.nextTick(finishRun))
    }
    const finishRun = () => {
      if (done < due.length && done < maxRuns && now() < end) return runNext()
      if (done < due.length) waiting = due.slice(done).concat(waiting)
      if (waiting.length > 0) schedule()
    }
    runNext()
  }

  return run => {
    waiting.push(run)
    schedule()
  }
}
