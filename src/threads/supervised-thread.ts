import type { Transferable, Worker } from 'node:worker_threads'
import { endThread } from './end-thread.ts'

export interface SupervisionOptions<Received> {
  readonly start: () => Worker
  /** Time until the next start after an unexpected end: doubled each time, up to the longest. */
  readonly restart: { readonly firstMs: number; readonly longestMs: number }
  /** Whether the process may end while the thread runs. Default: false. */
  readonly isBackground?: boolean
  readonly onMessage: (message: Received) => void
  /** Called with the error that ends the thread, before `onExit`. */
  readonly onError: (error: unknown) => void
  /** Called when the thread has ended unexpectedly. Messages to it are lost. */
  readonly onExit: (exitCode: number, restartMs: number) => void
}

/** A thread that is started again when it ends. */
export interface SupervisedThread<Sent> {
  readonly isRunning: boolean
  /** Sends a message. Returns false, and sends nothing, while no thread runs. */
  post(message: Sent, transferred?: readonly Transferable[]): boolean
  /** Says that the thread works: the next restart takes the first delay again. */
  markHealthy(): void
  /** Ends the thread as `endThread` does, and starts no other. */
  close(message: Sent, limitMs?: number): Promise<void>
}

/** Starts a thread, and starts it again whenever it ends unexpectedly. */
export function superviseThread<Sent, Received>(options: SupervisionOptions<Received>): SupervisedThread<Sent> {
  const { start, restart, isBackground = false, onMessage, onError, onExit } = options
  let worker: Worker | undefined
  let timer: NodeJS.Timeout | undefined
  let restartMs = restart.firstMs
  let isClosing = false

  function begin(): void {
    const started = start()
    worker = started
    if (isBackground) started.unref()
    started.on('message', onMessage).on('error', onError).on('exit', end)
  }

  function end(exitCode: number): void {
    worker = undefined
    if (isClosing) return
    timer = setTimeout(begin, restartMs)
    if (isBackground) timer.unref()
    const waitedMs = restartMs
    restartMs = Math.min(2 * restartMs, restart.longestMs)
    onExit(exitCode, waitedMs)
  }

  begin()
  return {
    get isRunning() {
      return worker !== undefined
    },
    post(message, transferred = []) {
      worker?.postMessage(message, transferred)
      return worker !== undefined
    },
    markHealthy() {
      restartMs = restart.firstMs
    },
    async close(message, limitMs) {
      isClosing = true
      clearTimeout(timer)
      if (worker !== undefined) await endThread(worker, message, limitMs)
    },
  }
}
