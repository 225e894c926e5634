import { ChatError } from '../errors.ts'

/** Calls `run` once after so many milliseconds, and returns what calls it off. */
export type SetTimer = (run: () => void, afterMs: number) => () => void

export interface SessionQueueOptions {
  /** Turns of one session that may wait behind the one that runs. */
  readonly maxWaitingPerSession: number
  readonly maxWaitMs: number
  /** Monotonic, in milliseconds. */
  readonly now: () => number
  /** Default: `setTimeout`, which does not keep the process alive. */
  readonly setTimer?: SetTimer
}

/** Lets the turns of one session run one at a time, in order of arrival; those of different sessions do not wait for each other. */
export interface SessionQueue {
  /**
   * Runs a task once it is its turn, told how long it waited in milliseconds, and settles as it does; a task that fails does not hurt the next.
   * A task must not run another of its own session: that one would wait for it for ever.
   * @throws {ChatError} SESSION_BUSY, with `retryAfterS`, where too many wait already or the wait grew too long; the task has not run and never will.
   */
  run<T>(sessionId: string, task: (waitedMs: number) => Promise<T>): Promise<T>
  /** Tasks that wait, in all sessions; those that run do not count. */
  readonly length: number
}

export function createSessionQueue({
  maxWaitingPerSession,
  maxWaitMs,
  now,
  setTimer = setBackgroundTimer,
}: SessionQueueOptions): SessionQueue {
  /** The sessions in which a task runs, each with those that wait, as the functions that start them. A set keeps the order and lets one leave at once. */
  const lines = new Map<string, Set<() => void>>()
  let length = 0

  /** Resolves to the milliseconds waited when it is this task's turn. */
  function enter(sessionId: string): number | Promise<number> {
    const line = lines.get(sessionId)
    if (line === undefined) {
      lines.set(sessionId, new Set())
      return 0
    }
    if (line.size >= maxWaitingPerSession) throw busy('queue full', 0)
    return wait(line)
  }

  function wait(line: Set<() => void>): Promise<number> {
    const arrivedAt = now()
    return new Promise((resolve, reject) => {
      const quit = () => {
        line.delete(start)
        length -= 1
      }
      const cancelTimer = setTimer(() => {
        quit()
        reject(busy('waited too long', now() - arrivedAt))
      }, maxWaitMs)
      const start = () => {
        quit()
        cancelTimer()
        resolve(now() - arrivedAt)
      }
      line.add(start)
      length += 1
    })
  }

  /** Starts the session's next task, or forgets the session. */
  function leave(sessionId: string): void {
    const [next] = lines.get(sessionId) ?? []
    if (next !== undefined) next()
    else lines.delete(sessionId)
  }

  /** The hint: by then, each of those that wait now has run or given up. */
  function busy(reason: string, waitedMs: number): ChatError {
    return new ChatError('SESSION_BUSY', { facts: { reason, waitedMs }, retryAfterS: Math.ceil(maxWaitMs / 1000) })
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
