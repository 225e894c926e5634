export interface TurnQueueOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Time (ms) after which the other functions wait for the next turn. Default: 8. */
  readonly sliceMs?: () => number
  /** Functions that run in a turn at most. Default: all that fit in the slice. */
  readonly maxRuns?: number
}

const SLICE_MS = 8

/**
 * Creates a function that runs others in a later turn of the event loop, in their order. A turn
 * ends after a slice of time, however many wait: connections are accepted and read between two
 * turns.
 */
export function createTurnQueue({
  now,
  sliceMs = () => SLICE_MS,
  maxRuns = Number.POSITIVE_INFINITY,
}: TurnQueueOptions): (run: () => void) => void {
  let waiting: (() => void)[] = []
  let isScheduled = false

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(runTurn)
  }

  function runTurn(): void {
    isScheduled = false
    const end = now() + sliceMs()
    // Those that come meanwhile belong to the next turn.
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
