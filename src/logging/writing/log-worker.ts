import { isatty } from 'node:tty'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { renderText } from '../record/text-format.ts'
import { createLineRedactor, type LineRedactionOptions } from '../redaction/redact-line.ts'
import { createLogCounts } from './log-counts.ts'
import { createLogFiles } from './log-files.ts'
import { createTerminal } from './terminal.ts'

export interface LogWorkerOptions {
  /** Directory of the log files. */
  readonly dir: string
  /** Size at which a new file begins. */
  readonly maxFileBytes: number
  readonly terminal: 'text' | 'json' | 'none'
  /** Redaction applied to every line before any sink. */
  readonly redaction: LineRedactionOptions
  /** Time limit for the sinks when the log closes. */
  readonly closeTimeoutMs: number
  /** Memory of the line counts, shared with the main thread. */
  readonly counts: SharedArrayBuffer
  /** One float, in which this thread counts the bytes of text that it has processed. */
  readonly processed: SharedArrayBuffer
}

/** State of the sinks; sent to the main thread at start and with each change. */
export interface SinkReport {
  /** Why lines are not written to the files; undefined while they are. */
  readonly failure: string | undefined
  /** Whether the terminal drops lines because its reader does not read. */
  readonly stalled: boolean
}

/**
 * A message to this thread: whole lines, a port of another reader of the redacted lines, and
 * finally `end`.
 */
export type LogWorkerRequest =
  | { readonly kind: 'lines'; readonly lines: string }
  | { readonly kind: 'reader'; readonly port: MessagePort }
  | { readonly kind: 'end' }

// Entry point of the thread that writes the log. It redacts lines, and passes each to the files and
// to the terminal. It never makes the main thread wait and never fails: a line that a sink cannot
// take is dropped and counted.

const { dir, maxFileBytes, terminal: format, redaction, closeTimeoutMs, ...memory } = workerData as LogWorkerOptions
const counts = createLogCounts(memory.counts)
const processedBytes = new Float64Array(memory.processed)
const redactLine = createLineRedactor(redaction)
const files = createLogFiles({ dir, maxFileBytes, counts, onChange: report, closeTimeoutMs })
const colour = isatty(1)
const terminal =
  format === 'none'
    ? undefined
    : createTerminal({
        render: format === 'json' ? line => line : line => toText(line, colour),
        count: (fate, lines) => counts.add(fate, 'terminal', lines),
        onChange: report,
        closeTimeoutMs,
      })
let reader: MessagePort | undefined
parentPort?.on('message', (request: LogWorkerRequest) => {
  if (request.kind === 'lines') write(request.lines)
  else if (request.kind === 'reader') setReader(request.port)
  else void end()
})
report()

function report(): void {
  const facts: SinkReport = { failure: files.failure, stalled: terminal?.stalled ?? false }
  parentPort?.postMessage(facts)
}

function write(text: string): void {
  const lines = text.replace(/[^\n]+/g, line => redactLine(line))
  files.write(lines)
  terminal?.write(lines)
  reader?.postMessage(lines)
  processedBytes[0] = (processedBytes[0] ?? 0) + Buffer.byteLength(text)
}

function setReader(port: MessagePort): void {
  reader?.close()
  reader = port
}

async function end(): Promise<void> {
  reader?.close()
  await Promise.all([files.end(), new Promise<void>(resolve => (terminal === undefined ? resolve() : terminal.end(resolve)))])
  report()
  // A write that hangs would keep the thread.
  process.exit()
}

function toText(line: string, colour: boolean): string {
  try {
    return renderText(JSON.parse(line), colour)
  } catch {
    // The logger writes no such line. If it did, the worker shows the text and continues.
    return renderText({ level: 'WARNING', module: 'logging', function: 'render', msg: line })
  }
}
