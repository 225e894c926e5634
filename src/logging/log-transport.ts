import { once } from 'node:events'
import { extname, join } from 'node:path'
import { pino } from 'pino'
import type { LogWorkerOptions, SinkReport } from './log-worker.ts'

/** How the log fares, for whoever shows the server's health. */
export interface LogState extends SinkReport {
  readonly closed: boolean
}

/** Hands lines on to the worker that writes them. It never throws and never waits, whatever happens to the worker. */
export interface LogTransport {
  write(line: string): void
  /** Resolves when the worker has written everything and ended; bounded by about 10 s, and 3 s where only the disk is at fault. */
  close(): Promise<void>
  readonly state: LogState
}

/** What may wait for the worker, beyond the 4 MiB it shares with the main thread: a worker starved of processor time must not fill the memory. */
const MAX_BACKLOG_CHARS = 16 * 1024 * 1024
const RESTART_DELAY_MS = 1000

/**
 * Starts the worker. Where the files cannot be written, or the worker dies, that is said once on `complain` and shown in `state`; the worker
 * goes on trying, and one that died is started anew.
 */
export function startLogTransport(options: LogWorkerOptions, complain: (line: string) => void): LogTransport {
  let report: SinkReport = { failure: undefined, lostLines: 0, hiddenLines: 0 }
  /** Lost here, or with a worker that died. */
  let lostBefore = 0
  let backlogChars = 0
  let closed = false
  let worker: ReturnType<typeof start> | undefined = start()

  function start() {
    // Beside this file, in TypeScript as in what is compiled from it.
    const target = join(import.meta.dirname, `log-worker${extname(import.meta.filename)}`)
    const started = pino.transport({ target, options })
    started.on('report', (next: SinkReport) => learn(next))
    started.on('error', (error: Error) => {
      learn({ ...report, failure: `the log worker died: ${error.message}` })
    })
    started.on('close', () => {
      worker = undefined
      lostBefore += report.lostLines
      report = { ...report, lostLines: 0 }
      if (!closed) setTimeout(() => (worker = start()), RESTART_DELAY_MS).unref()
    })
    started.on('drain', () => (backlogChars = 0))
    return started
  }

  function learn(next: SinkReport): void {
    const { failure } = report
    report = next
    if (next.failure !== undefined && failure === undefined) {
      complain(`Log lines do not reach ${options.dir}: ${next.failure}. The service goes on, and tries again every second.\n`)
    }
    if (next.failure === undefined && failure !== undefined) complain(`Log lines reach ${options.dir} again.\n`)
  }

  return {
    get state() {
      return { ...report, lostLines: lostBefore + report.lostLines, closed }
    },
    write(line) {
      if (worker === undefined || closed || backlogChars > MAX_BACKLOG_CHARS) lostBefore++
      else if (!worker.write(line)) backlogChars += line.length
    },
    async close() {
      if (closed) return
      closed = true
      if (worker === undefined) return
      const ending = worker
      // Ending a worker holds this thread until it has ended, so let it take everything first; that keeps the process alive, too.
      await new Promise<unknown>(resolve => ending.flush(resolve))
      if (worker === undefined) return
      const ended = Promise.race([once(ending, 'finish'), once(ending, 'close')])
      ending.end()
      // What it rejects with has been told by the listener above.
      await ended.catch(() => undefined)
    },
  }
}
