import { once } from 'node:events'
import { extname, join } from 'node:path'
import { pino } from 'pino'
import { archiveOfLine, FILE_STREAMS, type FileStream } from '../log-streams.ts'
import { createLogCounts, type LossPlace } from './log-counts.ts'
import type { LogWorkerOptions, SinkReport } from './log-worker.ts'

/** How the log fares, for whoever shows the server's health. */
export interface LogState {
  /** Why lines do not reach the files; undefined while they do. */
  readonly failure: string | undefined
  /** Lines that are in the files, by stream. */
  readonly written: Readonly<Record<FileStream, number>>
  /** Lines that a stream will never hold, and those that the terminal was too slow for. */
  readonly lost: Readonly<Record<LossPlace, number>>
  /** Lines that are on their way to the files. */
  readonly waiting: number
  readonly closed: boolean
}

/** Lines lost since the last time this was told; places that lost none are left out. */
export type LogLoss = Readonly<Partial<Record<LossPlace, number>>>

/** Who is told how the log fares. */
export interface LogListeners {
  /** Takes a sentence for whoever looks at the process: the log itself is what has failed, or has come back. */
  complain(line: string): void
  /** Told once all is well again. */
  onLoss(loss: LogLoss): void
}

/** Hands lines on to the worker that writes them. It never throws and never waits, whatever happens to the worker. */
export interface LogTransport {
  write(line: string): void
  /** Resolves when the worker has written everything and ended; bounded by about 10 s, and 3 s where only the disk is at fault. */
  close(): Promise<void>
  readonly state: LogState
}

/** What may wait for the worker, the 4 MiB that it shares with the main thread included: a worker starved of processor time must not fill the memory. */
const MAX_WAITING_BYTES = 20 * 1024 * 1024
const RESTART_DELAY_MS = 1000
const LOSS_CHECK_INTERVAL_MS = 500
const PLACES: readonly LossPlace[] = [...FILE_STREAMS, 'terminal']

/**
 * Starts the worker. Where the files cannot be written, or the worker dies, that is said once on `complain` and shown in `state`; the worker
 * goes on trying, and one that died is started anew. Every line is counted, so that what was lost is known to the line.
 */
export function startLogTransport(
  options: Omit<LogWorkerOptions, 'counts' | 'taken'>,
  { complain, onLoss }: LogListeners,
): LogTransport {
  const counts = createLogCounts()
  const told = new Map<LossPlace, number>()
  let report: SinkReport = { failure: undefined, stalled: false }
  /** Bytes that the present worker was given, and how many of them it has dealt with. */
  let givenBytes = 0
  let taken = sharedFloat()
  let closed = false
  let worker: ReturnType<typeof start> | undefined = start()
  const timer = setInterval(tellLoss, LOSS_CHECK_INTERVAL_MS).unref()

  function start() {
    // Beside this file, in TypeScript as in what is compiled from it.
    const target = join(import.meta.dirname, `log-worker${extname(import.meta.filename)}`)
    givenBytes = 0
    taken = sharedFloat()
    const started = pino.transport({ target, options: { ...options, counts: counts.buffer, taken: taken.buffer } })
    started.on('report', learn)
    started.once('error', (error: Error) => learn({ failure: `the log worker died: ${error.message}`, stalled: false }))
    // Each line that still comes says once more that it is gone.
    started.on('error', () => undefined)
    started.on('close', () => {
      worker = undefined
      counts.giveUp()
      if (!closed) setTimeout(() => (worker = start()), RESTART_DELAY_MS).unref()
    })
    return started
  }

  function waitingBytes(): number {
    return givenBytes - (taken[0] ?? 0)
  }

  function learn(next: SinkReport): void {
    const { failure } = report
    report = next
    if (next.failure !== undefined && failure === undefined) {
      complain(`Log lines do not reach ${options.dir}: ${next.failure}. The service goes on, and tries again every second.\n`)
    }
    if (next.failure === undefined && failure !== undefined) complain(`Log lines reach ${options.dir} again.\n`)
  }

  function tellLoss(): void {
    if (worker === undefined || report.failure !== undefined || waitingBytes() > MAX_WAITING_BYTES / 2) return
    const loss: Partial<Record<LossPlace, number>> = {}
    for (const place of PLACES.filter(place => place !== 'terminal' || !report.stalled)) {
      const lost = counts.lost(place)
      if (lost > (told.get(place) ?? 0)) loss[place] = lost - (told.get(place) ?? 0)
      told.set(place, lost)
    }
    if (Object.keys(loss).length > 0) onLoss(loss)
  }

  function count(fate: 'given' | 'refused', line: string): void {
    counts.add(fate, 'chatbot', 1)
    counts.add(fate, archiveOfLine(line), 1)
  }

  return {
    get state() {
      return {
        failure: report.failure,
        written: countEach(FILE_STREAMS, stream => counts.get('written', stream)),
        lost: countEach(PLACES, counts.lost),
        waiting: counts.get('given', 'chatbot') - counts.get('written', 'chatbot') - counts.lost('chatbot'),
        closed,
      }
    },
    write(line) {
      count('given', line)
      if (worker === undefined || closed || waitingBytes() > MAX_WAITING_BYTES) return count('refused', line)
      givenBytes += Buffer.byteLength(line)
      worker.write(line)
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(timer)
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

function sharedFloat(): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
}

function countEach<Place extends LossPlace>(places: readonly Place[], count: (place: Place) => number): Record<Place, number> {
  return Object.fromEntries(places.map(place => [place, count(place)])) as Record<Place, number>
}
