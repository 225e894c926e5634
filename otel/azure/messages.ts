import type { MessagePort } from 'node:worker_threads'
import type { Attributes } from '@opentelemetry/api'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import type { ExportState } from '../export-state.ts'

/** What the thread needs to start. */
export interface AzureWorkerOptions {
  readonly connectionString: string
  /** Address of the ingestion endpoint, for logs. */
  readonly destination: string
  /** Attributes of the process that may leave it. */
  readonly attributes: Attributes
}

/** What the thread sends, with a number that its result repeats. */
export type AzureBatch =
  /** JSON of a list of `SpanRecord`: parsing it costs less than the copy of an object. */
  | { readonly kind: 'spans'; readonly spans: string }
  | { readonly kind: 'metrics'; readonly metrics: readonly MetricData[] }
  /** Sends nothing. Its result is that of the last request. */
  | { readonly kind: 'probe' }

/** A message to the thread. `lines` brings a port for texts of whole redacted log lines. */
export type ToAzureWorker =
  | (AzureBatch & { readonly id: number })
  | { readonly kind: 'lines'; readonly port: MessagePort }
  | { readonly kind: 'stop' }

/** State of the export of log lines. Its time is in milliseconds since 1970. */
export type LineState = Pick<ExportState, 'waiting' | 'exported' | 'dropped' | 'failures' | 'failure' | 'stalledSinceMs'> & {
  /** Lines that wait, are being sent, or were dropped since the stop began. */
  readonly unsent: number
}

/** A message from the thread. */
export type FromAzureWorker =
  | { readonly kind: 'result'; readonly id: number; readonly failure: string | undefined }
  | { readonly kind: 'line_state'; readonly state: LineState }
  | { readonly kind: 'stopped' }
