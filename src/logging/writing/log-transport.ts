import type { MessagePort, Worker } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'
import { startThread } from '../../threads/start-thread.ts'
import { type Archive, archiveOfLine, FILE_STREAMS, type FileStream } from '../log-streams.ts'
import { createLogCounts, SINKS, type Sink } from './log-counts.ts'
import type { LogWorkerOptions, LogWorkerRequest, SinkReport } from './log-worker.ts'

/** State of the log, for health checks and metrics. */
export interface LogState {
  /** Why lines are not written to the files; undefined while they are. */
  readonly failure: string | undefined
  /** Lines in the files, by stream. */
  readonly written: Readonly<Record<FileStream, number>>
  /** Lines that a stream will never hold, and lines that the terminal did not take. */
  readonly dropped: Readonly<Record<Sink, number>>
  /** Lines on their way to the files. */
  readonly waiting: number
  readonly closed: boolean
}

/** Lines dropped since the last report, by sink; sinks that dropped none are absent. */
export type DroppedLines = Readonly<Partial<Record<Sink, number>>>

export interface LogListeners {
  /** Receives a line for stderr, about failures of the log itself. */
  complain(line: string): void
  /** Called when the log works again after it dropped lines. */
  onDrop(dropped: DroppedLines): void
  /** Connects another reader of the redacted lines, if there is one. */
  readonly connectReader?: ConnectReader
}

/**
 * Returns a port that takes texts of whole redacted lines. `onRenewal` is called when it no longer
 * works.
 */
export type ConnectReader = (onRenewal: () => void) => MessagePort

/**
 * Passes lines to the worker that writes them. It never throws and never waits, whatever happens to
 * the worker.
 */
export interface LogTransport {
  /** Takes a line of JSON without its line break. */
  write(line: string): void
  /**
   * Resolves when the worker has written everything and ended. Waits at most `closeTimeoutMs` for a
   * stuck disk or terminal, and 1.25 times as long for a worker that makes no progress. Lines that
   * are not written by then are counted as dropped. Further calls return the same promise.
   */
  close(): Promise<void>
  readonly state: LogState
}

/** Limit of what waits for the worker. */
const MAX_WAITING_BYTES = 20 * 1024 * 1024
/**
 * Lines are gathered for this long. Each text given to the worker wakes it, which costs as much as
 * the lines of several requests.
 */
const GATHER_MS = 20
/** A gathered text of this length is given to the worker at once. */
const MAX_GATHERED_CHARS = 65_536
const RESTART_DELAY_MS = 1000
const DROP_CHECK_INTERVAL_MS = 500
/** Checks for progress in `closeTimeoutMs` while the worker closes. */
const CLOSE_CHECKS = 4
/** Checks without progress after which it is given up: one more than the sinks may take. */
const MAX_IDLE_CHECKS = CLOSE_CHECKS + 1

/**
 * Starts the worker. If the files cannot be written, or the worker dies, `complain` is called once
 * and `state` shows it; the worker keeps trying, and a dead one is restarted. Every line is counted
 * as written or dropped.
 */
export function startLogTransport(
  options: Omit<LogWorkerOptions, 'counts' | 'processed'>,
  { complain, onDrop, connectReader }: LogListeners,
): LogTransport {
  const counts = createLogCounts()
  const reported = new Map<Sink, number>()
  let report: SinkReport = { failure: undefined, stalled: false }
  /** Lines that the worker gets together. */
  let gathered = ''
  let gathering: NodeJS.Timeout | undefined
  /** Bytes of lines for the present worker, and those that it has processed. */
  let givenBytes = 0
  let processed = sharedFloat()
  let isReady = false
  let closed = false
  let closing: Promise<void> | undefined
  let worker: Worker | undefined = start()
  giveReader()
  const timer = setInterval(reportDrops, DROP_CHECK_INTERVAL_MS).unref()

  function start(): Worker {
    gathered = ''
    givenBytes = 0
    processed = sharedFloat()
    isReady = false
    const workerData: LogWorkerOptions = { ...options, counts: counts.buffer, processed: processed.buffer }
    const started = startThread('./log-worker', import.meta, { name: 'log-writer', workerData })
    // Only `close` waits for the worker.
    started.unref()
    started.on('message', receive)
    started.once('error', error => receive({ failure: `the log worker died: ${messageOf(error)}`, stalled: false }))
    started.once('exit', () => {
      worker = undefined
      counts.rejectRemaining()
      if (!closed) setTimeout(restart, RESTART_DELAY_MS).unref()
    })
    return started
  }

  function restart(): void {
    worker = start()
    giveReader()
  }

  /** Connects the present worker with the other reader. */
  function giveReader(): void {
    const port = connectReader?.(giveReader)
    if (port !== undefined) worker?.postMessage({ kind: 'reader', port } satisfies LogWorkerRequest, [port])
  }

  function giveLines(): void {
    clearTimeout(gathering)
    gathering = undefined
    const lines = gathered
    gathered = ''
    if (lines !== '') worker?.postMessage({ kind: 'lines', lines } satisfies LogWorkerRequest)
  }

  function waitingBytes(): number {
    return givenBytes - (processed[0] ?? 0)
  }

  function receive(next: SinkReport): void {
    const { failure } = report
    report = next
    isReady = true
    if (next.failure !== undefined && failure === undefined) {
      complain(
        `Log lines cannot be written to ${options.dir}: ${next.failure}. Retrying every second; requests are not affected.\n`,
      )
    }
    if (next.failure === undefined && failure !== undefined) complain(`Log lines are written to ${options.dir} again.\n`)
  }

  function reportDrops(): void {
    if (worker === undefined || report.failure !== undefined || waitingBytes() > MAX_WAITING_BYTES / 2) return
    const dropped = takeDrops(SINKS.filter(sink => sink !== 'terminal' || !report.stalled))
    if (Object.keys(dropped).length > 0) onDrop(dropped)
  }

  /** Lines dropped since the last call. */
  function takeDrops(sinks: readonly Sink[]): DroppedLines {
    const dropped: Partial<Record<Sink, number>> = {}
    for (const sink of sinks) {
      const total = counts.dropped(sink)
      if (total > (reported.get(sink) ?? 0)) dropped[sink] = total - (reported.get(sink) ?? 0)
      reported.set(sink, total)
    }
    return dropped
  }

  function count(fate: 'submitted' | 'rejected', archive: Archive): void {
    counts.add(fate, 'chatbot', 1)
    counts.add(fate, archive, 1)
  }

  return {
    get state() {
      return {
        failure: report.failure,
        written: countEach(FILE_STREAMS, stream => counts.get('written', stream)),
        dropped: countEach(SINKS, counts.dropped),
        waiting: counts.get('submitted', 'chatbot') - counts.get('written', 'chatbot') - counts.dropped('chatbot'),
        closed,
      }
    },
    write(line) {
      const archive = archiveOfLine(line)
      count('submitted', archive)
      if (worker === undefined || closed || waitingBytes() > MAX_WAITING_BYTES) return count('rejected', archive)
      givenBytes += Buffer.byteLength(line) + 1
      gathered += `${line}\n`
      if (archive === 'error' || gathered.length >= MAX_GATHERED_CHARS) giveLines()
      else gathering ??= setTimeout(giveLines, GATHER_MS).unref()
    },
    close: () => (closing ??= close()),
  }

  async function close(): Promise<void> {
    clearInterval(timer)
    reportDrops()
    giveLines()
    closed = true
    // A worker that is being loaded is never idle: NaN differs from NaN.
    const written = () => SINKS.reduce((sum, sink) => sum + counts.get('written', sink), 0)
    const progress = () => (isReady ? (processed[0] ?? 0) + written() : Number.NaN)
    if (worker !== undefined) await endWorker(worker, progress, options.closeTimeoutMs / CLOSE_CHECKS)
    counts.rejectRemaining()
    const dropped = Object.entries(takeDrops(SINKS)).map(([sink, lines]) => `${sink} ${lines}`)
    if (dropped.length > 0) complain(`Log lines dropped while closing: ${dropped.join(', ')}\n`)
  }
}

/** Ends a worker when it has written everything, or gives it up if `progress` stays the same. */
async function endWorker(worker: Worker, progress: () => number, checkIntervalMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  worker.once('exit', () => resolve())
  worker.postMessage({ kind: 'end' } satisfies LogWorkerRequest)
  let seen = progress()
  let idleChecks = 0
  const timer = setInterval(() => {
    idleChecks = progress() === seen ? idleChecks + 1 : 0
    seen = progress()
    if (idleChecks === MAX_IDLE_CHECKS) resolve()
  }, checkIntervalMs)
  await promise
  clearInterval(timer)
}

function sharedFloat(): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
}

function countEach<Place extends Sink>(sinks: readonly Place[], count: (sink: Place) => number): Record<Place, number> {
  return Object.fromEntries(sinks.map(sink => [sink, count(sink)])) as Record<Place, number>
}
