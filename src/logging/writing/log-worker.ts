import { EventEmitter } from 'node:events'
import { isatty } from 'node:tty'
import { parentPort } from 'node:worker_threads'
import { renderText } from '../record/text-format.ts'
import { createLineRedactor, type LineRedactionOptions } from '../redaction/redact-line.ts'
import { createLogCounts } from './log-counts.ts'
import { createLogFiles } from './log-files.ts'
import { createTerminal } from './terminal.ts'

export interface LogWorkerOptions {
  /** Directory of the log files. */
  readonly dir: string
  /** Size from which on a file is followed by the next. */
  readonly maxFileBytes: number
  readonly terminal: 'text' | 'json' | 'none'
  /** What every line goes through before it comes to any sink. */
  readonly redaction: LineRedactionOptions
  /** Memory of the counts that this thread shares with the main one. */
  readonly counts: SharedArrayBuffer
  /** Where this thread tells the main one how many bytes of text it has dealt with: one float. */
  readonly taken: SharedArrayBuffer
}

/** How the sinks fare; sent to the main thread at the start and with each change. */
export interface SinkReport {
  /** Why lines do not reach the files; undefined while they do. */
  readonly failure: string | undefined
  /** Whether lines are left out on the terminal at present, because nobody reads it. */
  readonly stalled: boolean
}

// The default export is what pino's transport looks for.
export { startLogWorker as default }

/**
 * The far end of the logger: takes the text that comes from the main thread in pieces of any size, makes whole lines of it, and gives each to
 * the files and to the terminal. It never asks the main thread to wait, and never fails: what a sink cannot take in time is lost and counted.
 */
function startLogWorker({
  dir,
  maxFileBytes,
  terminal: format,
  redaction,
  counts: buffer,
  taken,
}: LogWorkerOptions): EventEmitter {
  const counts = createLogCounts(buffer)
  const takenBytes = new Float64Array(taken)
  const files = createLogFiles(dir, maxFileBytes, counts, report)
  const redactLine = createLineRedactor(redaction)
  const colour = isatty(1)
  const terminal =
    format === 'none'
      ? undefined
      : createTerminal({
          render: format === 'json' ? line => line : line => toText(line, colour),
          hide: lines => counts.add('lost', 'terminal', lines),
          onChange: report,
        })
  let partial = ''
  report()

  function report(): void {
    const facts: SinkReport = { failure: files.failure, stalled: terminal?.stalled ?? false }
    parentPort?.postMessage({ code: 'EVENT', name: 'report', args: [facts] })
  }

  function write(text: string): boolean {
    const end = text.lastIndexOf('\n') + 1
    if (end > 0) {
      const lines = (partial + text.slice(0, end)).replace(/[^\n]+/g, line => redactLine(line))
      partial = text.slice(end)
      files.write(lines)
      terminal?.write(lines)
    } else partial += text
    takenBytes[0] = (takenBytes[0] ?? 0) + Buffer.byteLength(text)
    return true
  }

  async function end(): Promise<void> {
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
