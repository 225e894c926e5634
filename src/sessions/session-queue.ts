import { roundMs } from '../base/round-ms.ts'
import { ChatError } from '../errors.ts'

/** Calls `run` once after `afterMs` and returns a function that cancels the call. */
export type SetTimer = (run: () => void, afterMs: number) => () => void

export interface SessionQueueOptions {
  /** Tasks of one session that may wait in addition to the running one. */
  readonly maxWaitingPerSession: number
  readonly maxWaitMs: number
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Default: `setTimeout` with `unref`, which does not keep the process alive. */
  readonly setTimer?: SetTimer
}

/**
 * Runs the tasks of each session one at a time in order of arrival. Different sessions do not wait
 * for each other.
 */
export interface SessionQueue {
  /**
   * Runs a task after all earlier tasks of its session and settles as the task does. A failed task
   * does not affect later ones. A task must not wait for another task of its own session, which
   * would be a deadlock.
   * @param task - Gets its waiting time in milliseconds.
   * @throws {ChatError} SESSION_BUSY, with `retryAfterS`, if too many tasks wait or the task waited
   * too long. The task does not run then.
   */
  run<T>(sessionId: string, task: (waitedMs: number) => Promise<T>): Promise<T>
  /** Waiting tasks of all sessions, without the running ones. */
  readonly length: number
}

/** Creates an empty queue. A session without tasks takes no memory. */
export function createSessionQueue({
  maxWaitingPerSession,
  maxWaitMs,
  now,
  setTimer = setBackgroundTimer,
}: SessionQueueOptions): SessionQueue {
  /**
   * Sessions with a running task, and the start functions of their waiting tasks. A set keeps the
   * order and removes in constant time.
   */
  const queues = new Map<string, Set<() => void>>()
  let length = 0

  /** Returns the waiting time in milliseconds when the task may start. */
  function enter(sessionId: string): number | Promise<number> {
    const queue = queues.get(sessionId)
    if (queue === undefined) {
      queues.set(sessionId, new Set())
      return 0
    }
    if (queue.size >= maxWaitingPerSession) throw busy('queue_full', 0)
    return wait(queue)
  }

  function wait(queue: Set<() => void>): Promise<number> {
    const arrivedAt = now()
    return new Promise((resolve, reject) => {
      const quit = () => {
        queue.delete(start)
        length -= 1
      }
      const cancelTimer = setTimer(() => {
        quit()
        reject(busy('wait_timeout', now() - arrivedAt))
      }, maxWaitMs)
      const start = () => {
        quit()
        cancelTimer()
        resolve(now() - arrivedAt)
      }
      queue.add(start)
      length += 1
    })
  }

  /** Starts the next task of the session, or removes the session. */
  function leave(sessionId: string): void {
    const [next] = queues.get(sessionId) ?? []
    if (next !== undefined) next()
    else queues.delete(sessionId)
  }

  /** After `retryAfterS` every task that waits now has started or timed out. */
  function busy(reason: string, waitedMs: number): ChatError {
    return new ChatError('SESSION_BUSY', {
      facts: { reason, waited_ms: roundMs(waitedMs) },
      retryAfterS: Math.ceil(maxWaitMs / 1000),
    })
  }

  return {
    async run(sessionId, task) {
      const waitedMs = await enter(sessionId)
      try {
        return await task(waitedMs)
      } finally {
        leave(sessionId)
      }
    },
    get length() {
      return length
    },
  }
}

function setBackgroundTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs).unref()
  return () => clearTimeout(timer)
}
