import { EventEmitter } from 'node:events'
import { isatty } from 'node:tty'
import { parentPort } from 'node:worker_threads'
import { createFileSink } from './file-sink.ts'
import { createTerminal } from './terminal.ts'
import { renderText } from './text-format.ts'

export interface LogWorkerOptions {
  /** Directory of the log files. */
  readonly dir: string
  readonly terminal: 'text' | 'json' | 'none'
}

/** How the sinks fare; sent to the main thread with each change, and once a second while lines are being lost. */
export interface SinkReport {
  /** Why lines do not reach the files; undefined while they do. */
  readonly failure: string | undefined
  /** Lines that the files will never hold. */
  readonly lostLines: number
  /** Lines that the terminal was too slow for. */
  readonly hiddenLines: number
}

const REPORT_INTERVAL_MS = 1000

// The default export is what pino's transport looks for.
export { startLogWorker as default }

/**
 * The far end of the logger: takes the text that comes from the main thread in pieces of any size, makes whole lines of it, and gives each to
 * the files and to the terminal. It never asks the main thread to wait, and never fails: what a sink cannot take in time is lost and counted.
 */
function startLogWorker({ dir, terminal: format }: LogWorkerOptions): EventEmitter {
  const files = createFileSink(dir, report)
  const colour = isatty(1)
  const terminal = format === 'none' ? undefined : createTerminal(format === 'json' ? line => line : line => toText(line, colour))
  let partial = ''
  let reported = 0
  const timer = setInterval(() => {
    if (files.lostLines + (terminal?.hiddenLines ?? 0) > reported) report()
  }, REPORT_INTERVAL_MS)

  function report(): void {
    const { failure, lostLines } = files
    const hiddenLines = terminal?.hiddenLines ?? 0
    reported = lostLines + hiddenLines
    const facts: SinkReport = { failure, lostLines, hiddenLines }
    parentPort?.postMessage({ code: 'EVENT', name: 'report', args: [facts] })
  }

  function write(text: string): boolean {
    const end = text.lastIndexOf('\n') + 1
    if (end > 0) {
      const lines = partial + text.slice(0, end)
      partial = text.slice(end)
      files.write(lines)
      terminal?.write(lines)
    } else partial += text
    return true
  }

  async function end(): Promise<void> {
    clearInterval(timer)
    await Promise.all([files.end(), new Promise<void>(resolve => (terminal === undefined ? resolve() : terminal.end(resolve)))])
    report()
    destination.emit('close')
  }

  const destination = Object.assign(new EventEmitter(), { write, end })
  return destination
}

function toText(line: string, colour: boolean): string {
  try {
    return renderText(JSON.parse(line), colour)
  } catch {
    // Nothing that pino writes is like that; if something were, its text is all there is to show, and the worker lives on.
    return renderText({ level: 'WARNING', module: 'logging', function: 'render', msg: line })
  }
}
