import { once } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { probeFailedExports, toExportResult, trackExports } from '../export-state.ts'
import { loadAzureExporters } from './exporters.ts'
import { createLineQueue } from './line-queue.ts'
import { toLineRecord } from './line-record.ts'
import type { AzureBatch, AzureWorkerOptions, FromAzureWorker, LineState, ToAzureWorker } from './messages.ts'
import { type SpanRecord, toReadableSpan } from './span-record.ts'

// Entry point of the thread that sends telemetry to Azure Monitor. Azure's exporter, and the
// versions of OpenTelemetry that it brings, are loaded in this thread only.

const EXPORT_TIMEOUT_MS = 30_000
const STATE_INTERVAL_MS = 1000
const PROBE_INTERVAL_MS = 5000
/** The main thread reports the last state that it has when the time for the stop is over. */
const STOPPING_STATE_INTERVAL_MS = 25
/** Limit for the last lines of the log to arrive at the stop. */
const LAST_LINES_MS = 100

// Turns off the exporter's statistics about itself, which go to Microsoft.
process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = '1'
const { connectionString, destination, attributes } = workerData as AzureWorkerOptions
const resource = resourceFromAttributes(attributes)
const exporters = await loadAzureExporters(connectionString)
const tracker = trackExports('logs', destination, {
  isConfigured: true,
  timeoutMs: EXPORT_TIMEOUT_MS,
  sendNothing: done => done(toExportResult(exporters.lastFailure())),
})
const queue = createLineQueue({ tracker, convert: line => toLineRecord(line, resource), send: exporters.sendLines })
let port: MessagePort | undefined
let posted = ''
/** Lines dropped before the stop. */
let droppedBefore: number | undefined

parentPort?.on('message', (message: ToAzureWorker) => {
  if (message.kind === 'lines') readLines(message.port)
  else if (message.kind === 'stop') void stop()
  else void send(message).then(failure => post({ kind: 'result', id: message.id, failure }))
})
setInterval(postState, STATE_INTERVAL_MS)
setInterval(probeFailedExports, PROBE_INTERVAL_MS)

async function send(batch: AzureBatch): Promise<string | undefined> {
  if (batch.kind === 'probe') return exporters.lastFailure()
  if (batch.kind === 'metrics')
    return exporters.sendMetrics({ resource, scopeMetrics: [{ scope: { name: 'pellucid' }, metrics: batch.metrics }] })
  const records = JSON.parse(batch.spans) as readonly SpanRecord[]
  return exporters.sendSpans(records.map(record => toReadableSpan(record, resource)))
}

function readLines(next: MessagePort): void {
  port?.close()
  port = next
  next.on('message', (text: string) => queue.add(text))
  next.once('close', () => {
    if (port === next) port = undefined
  })
}

async function stop(): Promise<void> {
  droppedBefore = tracker.state.dropped
  setInterval(postState, STOPPING_STATE_INTERVAL_MS)
  // The log closes its end after its last line.
  if (port !== undefined) await once(port, 'close', { signal: AbortSignal.timeout(LAST_LINES_MS) }).catch(() => undefined)
  await queue.drain()
  postState()
  post({ kind: 'stopped' })
}

function postState(): void {
  const { waiting, exported, dropped, failures, failure, stalledSinceMs } = tracker.state
  const since = stalledSinceMs === undefined ? undefined : stalledSinceMs + performance.timeOrigin
  const unsent = queue.unsent + dropped - (droppedBefore ?? dropped)
  const state: LineState = { waiting, unsent, exported, dropped, failures, failure, stalledSinceMs: since }
  const text = JSON.stringify(state)
  if (text !== posted) post({ kind: 'line_state', state })
  posted = text
}

function post(message: FromAzureWorker): void {
  parentPort?.postMessage(message)
}
