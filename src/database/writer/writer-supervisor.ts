import type { Worker } from 'node:worker_threads'
import type { Log } from '../../logging/log.ts'
import type { WriterReply, WriterRequest } from './writer.ts'

export interface WriterKeeperOptions {
  readonly startWriter: () => Worker
  readonly log: Log
  readonly onReply: (reply: WriterReply) => void
  /** The thread has ended unasked: whatever it was asked for last, no reply will come. */
  readonly onDeath: (exitCode: number) => void
}

/** `restarting`: the thread died and is being started again; `stopped`: closed. */
export type WriterState = 'running' | 'restarting' | 'stopped'

export interface WriterKeeper {
  readonly state: WriterState
  /** Sends a request to the running thread. */
  send(request: WriterRequest): void
  /** Resolves when the thread has closed its connection and ended. */
  stop(): Promise<void>
}

const FIRST_RESTART_MS = 100
const LONGEST_RESTART_MS = 5000

/** Starts the writer thread and keeps one alive: one that dies is started anew after 100 ms, doubling to 5 s until a batch has been committed. */
export function keepWriter({ startWriter, log, onReply, onDeath }: WriterKeeperOptions): WriterKeeper {
  let state: WriterState = 'running'
  let worker: Worker | undefined
  let deaths = 0
  let restartTimer: NodeJS.Timeout | undefined
  let onStopped: (() => void) | undefined
  start()

  function start(): void {
    worker = startWriter()
      .on('message', receive)
      .on('error', error => log.error({ function: 'run_writer', err: error }, 'Database writer failed'))
      .on('exit', onExit)
  }

  function receive(reply: WriterReply): void {
    if (reply.kind === 'committed') deaths = 0
    if (reply.kind === 'opened') {
      if (state === 'restarting') state = 'running'
      log.info({ function: 'open_connection', connection: 'writer' }, 'Database connection opened')
    }
    onReply(reply)
  }

  function onExit(exitCode: number): void {
    worker = undefined
    onStopped?.()
    if (state === 'stopped') return
    state = 'restarting'
    const restartInMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** deaths++)
    log.error({ function: 'run_writer', exit_code: exitCode, restart_in_ms: restartInMs }, 'Database writer died')
    restartTimer = setTimeout(start, restartInMs)
    onDeath(exitCode)
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
