import type { Worker } from 'node:worker_threads'
import type { Log } from '../../logging/log.ts'
import type { WriterReply, WriterRequest } from './writer.ts'

export interface WriterSupervisorOptions {
  readonly startWriter: () => Worker
  readonly log: Log
  readonly onReply: (reply: WriterReply) => void
  /** Called when the thread exits unexpectedly. Requests without a reply will not get one. */
  readonly onExit: (exitCode: number) => void
}

/**
 * `restarting`: the thread exited unexpectedly and a new one is being started; `stopped`: closed.
 */
export type WriterState = 'running' | 'restarting' | 'stopped'

/** Keeps one writer thread running. */
export interface WriterSupervisor {
  readonly state: WriterState
  /** Sends a request to the running thread. */
  send(request: WriterRequest): void
  /** Resolves when the thread has closed its connection and exited. */
  stop(): Promise<void>
}

const MIN_RESTART_DELAY_MS = 100
const MAX_RESTART_DELAY_MS = 5000

/**
 * Starts the writer thread and restarts it whenever it exits unexpectedly: after 100 ms, then twice
 * the last delay, at most 5 s. A committed batch resets the delay.
 */
export function superviseWriter({ startWriter, log, onReply, onExit }: WriterSupervisorOptions): WriterSupervisor {
  let state: WriterState = 'running'
  let worker: Worker | undefined
  let restarts = 0
  let restartTimer: NodeJS.Timeout | undefined
  let onStopped: (() => void) | undefined
  start()

  function start(): void {
    worker = startWriter()
      .on('message', receive)
      .on('error', error => log.error({ function: 'run_writer', err: error }, 'Database writer failed'))
      .on('exit', handleExit)
  }

  function receive(reply: WriterReply): void {
    if (reply.kind === 'committed') restarts = 0
    if (reply.kind === 'opened') {
      if (state === 'restarting') state = 'running'
      log.info({ function: 'open_connection', connection: 'writer' }, 'Database connection opened')
    }
    onReply(reply)
  }

  function handleExit(exitCode: number): void {
    worker = undefined
    onStopped?.()
    if (state === 'stopped') return
    state = 'restarting'
    const restartInMs = Math.min(MAX_RESTART_DELAY_MS, MIN_RESTART_DELAY_MS * 2 ** restarts++)
    log.error({ function: 'run_writer', exit_code: exitCode, restart_in_ms: restartInMs }, 'Database writer exited')
    restartTimer = setTimeout(start, restartInMs)
    onExit(exitCode)
  }

  return {
    get state() {
      return state
    },

    send: request => worker?.postMessage(request),

    async stop() {
      clearTimeout(restartTimer)
      state = 'stopped'
      if (worker === undefined) return
      const { promise, resolve } = Promise.withResolvers<void>()
      onStopped = resolve
      worker.postMessage({ kind: 'close' } satisfies WriterRequest)
      await promise
      log.info({ function: 'close_connection', connection: 'writer' }, 'Database connection closed')
    },
  }
}
