import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { ChatError } from '../../errors.ts'
import type { Log } from '../../logging/log.ts'
import type { ReaderHello } from '../../search/shared/reader-words.ts'
import { threadFile } from '../../threads/start-thread.ts'
import type { AnswerTask, AnswerWorkerData } from './answer-task.ts'
import { createWaitingLine, RETRY_AFTER_S } from './waiting-line.ts'

export interface AnswerPoolOptions {
  readonly workers: number
  readonly workerData: AnswerWorkerData
  readonly log: Pick<Log, 'error'>
  /** Called with the first message of each worker. */
  readonly onHello: (hello: ReaderHello) => void
  /**
   * Longest time (ms) that a question waits for a worker, and the longest that a worker takes for
   * it. Default: 10 s each.
   */
  readonly limitMs?: number
  /** Calls `run` after a delay; returns a function that cancels it. Default: `setTimeout`. */
  readonly setTimer?: (run: () => void, afterMs: number) => () => void
  /** Questions that may wait for a worker; further ones are rejected. Default: 1,000. */
  readonly maxWaiting?: number
}

/** Workers that answer questions. */
export interface AnswerPool {
  /**
   * Runs a task and resolves to the reply of the worker. The task of a worker that ends is run
   * again, once.
   * @throws {ChatError} ANSWER_FAILED after the time limit, when the worker is replaced, and after
   * the end of a second worker; OVERLOADED if too many questions wait, or this one too long;
   * SHUTTING_DOWN after `close`.
   */
  run(task: AnswerTask): Promise<unknown>
  /** The threads that are running. */
  readonly threads: readonly Worker[]
  /** Ends all workers. */
  close(): Promise<void>
}

const ATTEMPTS = 2

/** Starts workers. They keep the process alive only while they answer. */
export function startAnswerPool(options: AnswerPoolOptions): AnswerPool {
  const { workers, workerData, log, onHello, limitMs = 10_000, setTimer = setOwnTimer, maxWaiting = 1000 } = options
  const pool = new Piscina({
    filename: threadFile('../../answer-thread', import.meta).href,
    name: 'run',
    minThreads: workers,
    maxThreads: workers,
    workerData,
    // An idle worker runs its event loop, which takes what is published of the index. By default,
    // it would block; without atomics, an answer takes 5 % more of the worker's time.
    atomics: 'async',
    // Without it the threads would preload the telemetry SDK.
    execArgv: [],
  })
  const line = createWaitingLine({ places: workers, maxWaiting, limitMs, setTimer })
  let isClosed = false
  let endedWorkers = 0
  pool.on('message', onHello)
  pool.on('workerDestroy', () => endedWorkers++)
  pool.on('error', err => log.error({ function: 'run_worker', err }, 'Answer worker ended while idle'))

  async function runOnce(task: AnswerTask, attempt: number): Promise<unknown> {
    const limit = new AbortController()
    const cancelTimer = setTimer(() => limit.abort(), limitMs)
    const endedBefore = endedWorkers
    try {
      return await pool.run(task, { signal: limit.signal })
    } catch (cause) {
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      const facts = { limit_ms: limitMs, attempt }
      if (limit.signal.aborted) throw failure('The question took too long to answer', facts, cause)
      // Such as a task that cannot be sent: another worker would not help.
      if (endedWorkers === endedBefore) throw cause
      log.error({ function: 'run_worker', attempt, err: cause }, 'Answer worker ended during a question')
      if (attempt === ATTEMPTS) throw failure('The question could not be answered', facts, cause)
      return runOnce(task, attempt + 1)
    } finally {
      cancelTimer()
    }
  }

  return {
    async run(task) {
      await line.enter()
      try {
        return await runOnce(task, 1)
      } finally {
        line.leave()
      }
    },

    get threads() {
      return pool.threads
    },

    async close() {
      isClosed = true
      line.close()
      await pool.destroy()
    },
  }
}

function setOwnTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs)
  return () => clearTimeout(timer)
}

function failure(message: string, facts: Readonly<Record<string, unknown>>, cause: unknown): ChatError {
  return new ChatError('ANSWER_FAILED', { message, facts, retryAfterS: RETRY_AFTER_S, cause })
}
