import type { Worker } from 'node:worker_threads'
import type { Log } from '../../logging/log.ts'
import { superviseThread } from '../../threads/supervised-thread.ts'
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

const RESTART = { firstMs: 100, longestMs: 5000 }

/**
 * Starts the writer thread and restarts it whenever it exits. A committed batch resets the delay.
 */
export function superviseWriter({ startWriter, log, onReply, onExit }: WriterSupervisorOptions): WriterSupervisor {
  let state: WriterState = 'running'
  const thread = superviseThread<WriterRequest, WriterReply>({
    start: startWriter,
    restart: RESTART,
    onMessage(reply) {
      if (reply.kind === 'committed') thread.markHealthy()
      if (reply.kind === 'opened') {
        if (state === 'restarting') state = 'running'
        log.info({ function: 'open_connection', connection: 'writer' }, 'Database connection opened')
      }
      onReply(reply)
    },
    onError: error => log.error({ function: 'run_writer', err: error }, 'Database writer failed'),
    onExit(exitCode, restartMs) {
      state = 'restarting'
      log.error({ function: 'run_writer', exit_code: exitCode, restart_in_ms: restartMs }, 'Database writer exited')
      onExit(exitCode)
    },
  })

  return {
    get state() {
      return state
    },
    send: request => void thread.post(request),
    async stop() {
      state = 'stopped'
      const { isRunning } = thread
      await thread.close({ kind: 'close' })
      if (isRunning) log.info({ function: 'close_connection', connection: 'writer' }, 'Database connection closed')
    },
  }
}
