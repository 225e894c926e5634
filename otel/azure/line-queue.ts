import type { ExportResult } from '@opentelemetry/core'
import { type ExportTracker, toExportResult } from '../export-state.ts'

export interface LineQueueOptions<Sent> {
  /** Converts a line to what is sent. A line for which it throws is dropped. */
  readonly convert: (line: string) => Sent
  /** Sends converted lines, and returns why it failed. */
  readonly send: (items: readonly Sent[]) => Promise<string | undefined>
  readonly tracker: ExportTracker
}

/** Lines that wait to be sent, in order, one batch at a time. */
export interface LineQueue {
  /** Lines that wait or are being sent. */
  readonly unsent: number
  /** Takes a text of whole lines. */
  add(text: string): void
  /** Sends what waits. Resolves when nothing waits any more. */
  drain(): Promise<void>
}

/** As many as spans: the defaults of OpenTelemetry's batch processor. */
const MAX_WAITING = 2048
const BATCH_SIZE = 512
const DELAY_MS = 5000

/** Creates a queue that sends every 5 s, or as soon as a batch is full. */
export function createLineQueue<Sent>({ convert, send, tracker }: LineQueueOptions<Sent>): LineQueue {
  let waiting: string[] = []
  let inFlight = 0
  let sending: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  async function sendBatch(): Promise<void> {
    const batch = waiting.slice(0, BATCH_SIZE).flatMap(convertOrDrop)
    waiting = waiting.slice(BATCH_SIZE)
    // An attempt to send nothing would be a probe.
    if (batch.length === 0) return
    inFlight = batch.length
    await new Promise<ExportResult>(resolve => {
      tracker.attempt(batch.length, done => void send(batch).then(failure => done(toExportResult(failure))), resolve)
    })
    inFlight = 0
  }

  function convertOrDrop(line: string): readonly Sent[] {
    try {
      return [convert(line)]
    } catch {
      tracker.drop()
      return []
    }
  }

  /** Sends full batches, or everything. Only one call sends at a time. */
  function flush(minimum: number): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    sending ??= (async () => {
      do await sendBatch()
      while (waiting.length >= minimum)
    })().finally(() => {
      sending = undefined
      schedule()
    })
    return sending
  }

  function schedule(): void {
    if (sending !== undefined || waiting.length === 0) return
    if (waiting.length >= BATCH_SIZE) void flush(BATCH_SIZE)
    else timer ??= setTimeout(() => void flush(BATCH_SIZE), DELAY_MS)
  }

  return {
    get unsent() {
      return waiting.length + inFlight
    },
    add(text) {
      for (const line of text.split('\n')) if (line !== '' && tracker.admit(MAX_WAITING)) waiting.push(line)
      schedule()
    },
    async drain() {
      while (waiting.length > 0 || sending !== undefined) await flush(1)
    },
  }
}
