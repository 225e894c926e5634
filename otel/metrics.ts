import { type Attributes, type Counter, type Histogram, metrics, type Observable } from '@opentelemetry/api'

/** A label's values: all there can be, or, in words, what keeps their number small. */
type LabelValues = readonly string[] | string

export interface Metric {
  readonly kind: 'counter' | 'histogram' | 'gauge' | 'observed-counter'
  /** In the notation of UCUM, as OpenTelemetry has it: `s`, `By`, `1`, `{request}`. */
  readonly unit: string
  readonly help: string
  readonly labels?: Readonly<Record<string, LabelValues>>
  /** The semantic conventions' name of the instrument, where it differs from the metric's. */
  readonly instrument?: string
}

const FILE_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error'] as const

/** Every metric there is, by its name at `/metrics` and in OTLP alike. */
export const METRICS = {
  chatbot_requests_total: {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests served.',
    labels: { endpoint: 'template of a route, or `unmatched`', status: ['success', 'client_error', 'error'] },
  },
  chatbot_response_time_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'Time from the arrival of a request to the end of its reply.',
    labels: { endpoint: 'template of a route, or `unmatched`' },
  },
  chatbot_turns_total: {
    kind: 'counter',
    unit: '{turn}',
    help: 'Turns stored.',
    labels: { kind: ['answer', 'command', 'fallback'] },
  },
  chatbot_active_sessions: { kind: 'gauge', unit: '{session}', help: 'Sessions that are open.' },
  chatbot_queue_length: { kind: 'gauge', unit: '{message}', help: 'Messages that wait for an earlier one of their session.' },
  chatbot_queue_wait_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'How long a message waited for earlier ones of its session.',
  },
  chatbot_search_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'How long a search took, the reading of its passages included.',
  },
  chatbot_documents: { kind: 'gauge', unit: '{document}', help: 'Documents in the search index.' },
  chatbot_passages: { kind: 'gauge', unit: '{passage}', help: 'Passages in the search index.' },
  chatbot_database_waiting_writes: { kind: 'gauge', unit: '{write}', help: 'Writes accepted and not yet on disk.' },
  db_client_operation_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'How long a database operation took, a write until it was on disk.',
    labels: { operation: 'summary of an operation, such as `SELECT sessions`' },
    instrument: 'db.client.operation.duration',
  },
  http_client_request_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'How long a request to another server took; recorded by the instrumentation of what sends it.',
    labels: {
      http_request_method: 'methods of HTTP',
      http_response_status_code: 'statuses of HTTP',
      server_address: 'servers that the operator has configured',
      server_port: 'their ports',
      url_scheme: ['http', 'https'],
      error_type: 'status or class of the error',
    },
    instrument: 'http.client.request.duration',
  },
  log_lines_total: {
    kind: 'observed-counter',
    unit: '{line}',
    help: 'Lines that are in the log files.',
    labels: { stream: FILE_STREAMS },
  },
  log_dropped_lines_total: {
    kind: 'observed-counter',
    unit: '{line}',
    help: 'Lines that a stream of the log lost, or that the terminal was too slow for.',
    labels: { stream: [...FILE_STREAMS, 'terminal'] },
  },
  log_bytes: {
    kind: 'gauge',
    unit: 'By',
    help: 'Size of the log files, compressed ones included.',
    labels: { stream: [...FILE_STREAMS, 'audit'] },
  },
  log_days_until_full: {
    kind: 'gauge',
    unit: 'd',
    help: 'Days until the log will have filled the disk, by its growth over the last seven; 3650 stands for never.',
  },
  audit_failures_total: {
    kind: 'counter',
    unit: '{failure}',
    help: 'Times that a record of the audit trail could not be written.',
  },
  process_resident_memory_bytes: { kind: 'gauge', unit: 'By', help: 'Memory that the process holds.' },
  process_heap_used_bytes: { kind: 'gauge', unit: 'By', help: 'JavaScript heap in use.' },
  process_cpu_seconds_total: { kind: 'observed-counter', unit: 's', help: 'Processor time used, all threads, user and system.' },
  process_event_loop_delay_seconds: {
    kind: 'gauge',
    unit: 's',
    help: 'How late the event loop was in the last 10 s.',
    labels: { quantile: ['0.5', '0.99'] },
  },
  process_event_loop_utilization_ratio: {
    kind: 'gauge',
    unit: '1',
    help: 'Share of the last 10 s in which the event loop was busy.',
  },
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS
type NameOf<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[MetricName]
type ObservedName = NameOf<'gauge' | 'observed-counter'>

/** From a tenth of a millisecond, a search, to ten seconds, the longest that a message waits. */
const DURATION_BUCKETS_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export type RequestStatus = (typeof METRICS)['chatbot_requests_total']['labels']['status'][number]
export type TurnKind = (typeof METRICS)['chatbot_turns_total']['labels']['kind'][number]

/** Counts a request and its duration. The endpoint is the route's template, never a path; undefined where no route matched. */
export function recordRequest(endpoint: string | undefined, statusCode: number, durationMs: number): void {
  const labels = { endpoint: endpoint ?? 'unmatched' }
  const status: RequestStatus = statusCode < 400 ? 'success' : statusCode < 500 ? 'client_error' : 'error'
  counter('chatbot_requests_total').add(1, { ...labels, status })
  histogram('chatbot_response_time_seconds').record(durationMs / 1000, labels)
}

export function recordTurn(kind: TurnKind): void {
  counter('chatbot_turns_total').add(1, { kind })
}

export function recordQueueWait(durationMs: number): void {
  histogram('chatbot_queue_wait_seconds').record(durationMs / 1000)
}

export function recordSearch(durationMs: number): void {
  histogram('chatbot_search_duration_seconds').record(durationMs / 1000)
}

export function recordAuditFailure(): void {
  counter('audit_failures_total').add(1)
}

/** Takes an operation's duration; its name is a summary of the statement, of which there are as many as there are statements. */
export function recordDatabaseOperation(operation: string, durationMs: number): void {
  histogram('db_client_operation_duration_seconds').record(durationMs / 1000, { operation })
}

/**
 * Has a metric read whenever metrics are collected, until the function returned is called. A reading that throws, or whose promise rejects, is
 * left out of that collection.
 */
export function observeGauge(name: ObservedName, read: () => number | Promise<number>, labels: Attributes = {}): () => void {
  const gauge = instrument(name) as Observable
  const observe: Parameters<Observable['addCallback']>[0] = async result => result.observe(await read(), labels)
  gauge.addCallback(observe)
  return () => gauge.removeCallback(observe)
}

/** Shows the counters whose labels are all known with their zeros, so that a first count is seen as a rise. */
export function announceCounters(): void {
  for (const kind of METRICS.chatbot_turns_total.labels.kind) counter('chatbot_turns_total').add(0, { kind })
  counter('audit_failures_total').add(0)
}

/** Made at first use: before the SDK has started there are only ones that do nothing. */
const instruments = new Map<MetricName, unknown>()

function counter(name: NameOf<'counter'>): Counter {
  return instrument(name) as Counter
}

function histogram(name: NameOf<'histogram'>): Histogram {
  return instrument(name) as Histogram
}

function instrument(name: MetricName): unknown {
  const made = instruments.get(name) ?? makeInstrument(name, METRICS[name])
  instruments.set(name, made)
  return made
}

function makeInstrument(name: MetricName, { kind, unit, help, instrument = name }: Metric): unknown {
  const meter = metrics.getMeter('pellucid')
  const options = { unit, description: help }
  if (kind === 'counter') return meter.createCounter(instrument, options)
  if (kind === 'gauge') return meter.createObservableGauge(instrument, options)
  if (kind === 'observed-counter') return meter.createObservableCounter(instrument, options)
  return meter.createHistogram(instrument, { ...options, advice: { explicitBucketBoundaries: DURATION_BUCKETS_S } })
}
