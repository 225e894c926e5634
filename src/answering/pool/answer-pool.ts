import { extname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { ChatError } from '../../errors.ts'
import type { Log } from '../../logging/log.ts'
import type { ReaderHello } from '../../search/shared/reader-words.ts'
import type { AnswerTask, AnswerWorkerData } from './answer-task.ts'

export interface AnswerPoolOptions {
  readonly workers: number
  readonly workerData: AnswerWorkerData
  readonly log: Pick<Log, 'error'>
  /** Called with the first message of each worker. */
  readonly onHello: (hello: ReaderHello) => void
  /** Longest time (ms) that a question waits for a worker and its answer. Default: 10 s. */
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
   * the end of a second worker; OVERLOADED if too many questions wait; SHUTTING_DOWN after `close`.
   */
  run(task: AnswerTask): Promise<unknown>
  /** The threads that are running. */
  readonly threads: readonly Worker[]
  /** Ends all workers. */
  close(): Promise<void>
}

const ATTEMPTS = 2
const RETRY_AFTER_S = 5

/** Starts workers. They keep the process alive only while they answer. */
export function startAnswerPool(options: AnswerPoolOptions): AnswerPool {
  const { workers, workerData, log, onHello, limitMs = 10_000, setTimer = setOwnTimer, maxWaiting = 1000 } = options
  const pool = new Piscina({
    // `.ts` when run from source, `.js` when compiled.
    filename: new URL(`../../answer-thread${extname(import.meta.filename)}`, import.meta.url).href,
    name: 'run',
    minThreads: workers,
    maxThreads: workers,
    workerData,
    // An idle worker runs its event loop, which takes what is published of the index.
    atomics: 'disabled',
    // Without it the threads would preload the telemetry SDK.
    execArgv: [],
  })
  let isClosed = false
  pool.on('message', onHello)
  pool.on('error', err => log.error({ function: 'run_worker', err }, 'Answer worker ended while idle'))

  return {
    async run(task) {
      for (let attempt = 1; ; attempt++) {
        if (isClosed) throw new ChatError('SHUTTING_DOWN')
        if (pool.queueSize >= maxWaiting)
          throw new ChatError('OVERLOADED', { message: 'Too many questions are waiting', retryAfterS: RETRY_AFTER_S })
        const limit = new AbortController()
        const cancelTimer = setTimer(() => limit.abort(), limitMs)
        try {
          return await pool.run(task, { signal: limit.signal })
        } catch (cause) {
          if (isClosed) throw new ChatError('SHUTTING_DOWN')
          const facts = { limit_ms: limitMs, attempt }
          if (limit.signal.aborted) throw failure('The question took too long to answer', facts, cause)
          log.error({ function: 'run_worker', attempt, err: cause }, 'Answer worker ended during a question')
          if (attempt === ATTEMPTS) throw failure('The question could not be answered', facts, cause)
        } finally {
          cancelTimer()
        }
      }
    },

    get threads() {
      return pool.threads
    },

    async close() {
      isClosed = true
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
