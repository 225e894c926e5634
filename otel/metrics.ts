/** A label's values: all there can be; or what they are, in words, and how many at most. Any value beyond those is told as `other`. */
export type LabelValues = readonly string[] | { readonly of: string; readonly atMost: number }
export type Labels = Readonly<Record<string, LabelValues>>

export interface Metric {
  readonly kind: 'counter' | 'histogram' | 'gauge' | 'observed-counter'
  /** In the notation of UCUM, as OpenTelemetry has it: `s`, `By`, `1`, `{request}`. */
  readonly unit: string
  readonly help: string
  readonly labels?: Labels
  /** Upper bounds of a histogram's buckets, in its unit; one without bound comes on top. */
  readonly buckets?: readonly number[]
  /** The name under which an instrumentation that is not ours records it. */
  readonly foreignInstrument?: string
  /** How many combinations of labels there are in practice, where far fewer than the labels' values would allow. */
  readonly maxSeries?: number
}

/** From what a search in memory takes to the longest that a message waits, in seconds. */
const FAST_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** From what the smallest reply takes to the longest that a handler may. */
const REPLY_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** The first bucket is of those who did not wait at all. */
const WAIT_S = [0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** From a session of one message, through the default idle timeout of an hour, to a day. */
const SESSION_S = [0, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 7200, 21_600, 86_400]
const TURNS = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200]
const HITS = [0, 1, 2, 3, 5, 10, 20, 50]
const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

const FILE_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error'] as const
const SIGNALS = ['traces', 'metrics', 'logs'] as const
const VOLUMES = ['data', 'log'] as const
const JUDGEMENTS = ['correct', 'incorrect'] as const
const ENDPOINTS = { of: 'template of a route, or `unmatched`', atMost: 64 } as const
const COMMANDS = { of: 'name of a command, or `unknown`', atMost: 32 } as const

/** Every metric there is, by its name at `/metrics` and in OTLP alike. */
export const METRICS = {
  chatbot_requests_total: counter('{request}', 'Requests served.', {
    endpoint: ENDPOINTS,
    status: ['success', 'client_error', 'error'],
  }),
  chatbot_response_time_seconds: histogram('s', 'Time from the arrival of a request to the end of its reply.', REPLY_S, {
    endpoint: ENDPOINTS,
  }),
  chatbot_request_errors_total: {
    ...counter('{request}', 'Requests that failed or were refused, by why; bytes that were no request included.', {
      endpoint: ENDPOINTS,
      code: { of: 'code of an error, or `CLIENT_CLOSED_REQUEST`', atMost: 48 },
    }),
    maxSeries: 1000,
  },
  chatbot_commands_total: counter('{command}', 'Commands by what became of them; `refused`: unknown or not well put.', {
    command: COMMANDS,
    status: ['success', 'refused', 'error'],
  }),
  chatbot_command_duration_seconds: histogram('s', 'How long a command ran.', FAST_S, { command: COMMANDS }),
  chatbot_turns_total: counter('{turn}', 'Turns stored.', { kind: ['answer', 'command', 'fallback'] }),
  chatbot_questions_total: counter('{question}', 'Questions put to the documents; commands and greetings are none.', {
    outcome: ['answered', 'abstained'],
  }),
  chatbot_answer_confidence_ratio: histogram('1', 'Confidence in the answer to a question, given or not.', TENTHS),
  chatbot_feedback_total: counter('{judgement}', 'Judgements of answers, those that replace an earlier one included.', {
    judgement: JUDGEMENTS,
  }),
  chatbot_judged_turns: gauge('{turn}', 'Turns by their latest judgement; read every 30 s at most.', { judgement: JUDGEMENTS }),
  chatbot_accuracy_ratio: gauge('1', 'Share of the judged turns that were judged correct; absent while none is.'),
  chatbot_active_sessions: gauge('{session}', 'Sessions that are open.'),
  chatbot_sessions_limit: gauge('{session}', 'Sessions that may be open.'),
  chatbot_sessions_opened_total: counter('{session}', 'Sessions opened.'),
  chatbot_sessions_closed_total: counter(
    '{session}',
    'Sessions closed; `limit`: to make room for a newer one of the same user.',
    {
      reason: ['expired', 'deleted', 'limit'],
    },
  ),
  chatbot_session_duration_seconds: histogram(
    's',
    'Time from the opening of a session to its last turn; told when it closes.',
    SESSION_S,
  ),
  chatbot_session_turns: histogram('{turn}', 'Turns of a session; told when it closes.', TURNS),
  chatbot_queue_length: gauge('{message}', 'Messages that wait for an earlier one of their session.'),
  chatbot_queue_wait_seconds: histogram('s', 'How long a message waited for earlier ones of its session.', WAIT_S),
  chatbot_searches_total: counter('{search}', 'Searches by whether anything was found.', { outcome: ['hits', 'none'] }),
  chatbot_search_duration_seconds: histogram('s', 'How long a search took, the reading of its passages included.', FAST_S),
  chatbot_search_hits: histogram('{passage}', 'Passages that a search found, of those it asked for.', HITS),
  chatbot_documents: gauge('{document}', 'Documents in the search index.'),
  chatbot_passages: gauge('{passage}', 'Passages in the search index.'),
  chatbot_database_up: gauge('1', 'Whether the database can be read and written: 1 or 0.'),
  chatbot_database_waiting_writes: gauge('{write}', 'Writes accepted and not yet on disk.'),
  chatbot_database_wal_bytes: gauge('By', 'Size of the write-ahead log.'),
  chatbot_database_commit_duration_seconds: histogram('s', 'How long a commit took: what the disk takes.', FAST_S),
  chatbot_database_slow_operations_total: counter('{operation}', 'Reads, and batches of writes, slower than SLOW_QUERY_MS.'),
  db_client_connection_count: gauge('{connection}', 'Connections to the database: a reader and a writer.', {
    state: ['idle', 'used'],
  }),
  db_client_operation_duration_seconds: histogram(
    's',
    'How long a database operation took, a write until it was on disk.',
    FAST_S,
    { operation: { of: 'summary of an operation, such as `SELECT sessions`', atMost: 48 } },
  ),
  disk_free_bytes: gauge('By', 'Free space where the data, and the log, are kept.', { volume: VOLUMES }),
  disk_size_bytes: gauge('By', 'Size of the file system where the data, and the log, are kept.', { volume: VOLUMES }),
  http_client_request_duration_seconds: {
    ...histogram('s', 'How long a request to another server took; recorded by the instrumentation of what sends it.', REPLY_S, {
      http_request_method: { of: 'method of HTTP', atMost: 10 },
      http_response_status_code: { of: 'status of HTTP', atMost: 64 },
      server_address: { of: 'server that the operator has configured', atMost: 16 },
      server_port: { of: 'its port', atMost: 16 },
      url_scheme: ['http', 'https'],
      error_type: { of: 'status or class of the error', atMost: 64 },
    }),
    foreignInstrument: 'http.client.request.duration',
    maxSeries: 200,
  },
  log_lines_total: observedCounter('{line}', 'Lines that are in the log files.', { stream: FILE_STREAMS }),
  log_dropped_lines_total: observedCounter(
    '{line}',
    'Lines that a stream of the log lost, or that the terminal was too slow for.',
    {
      stream: [...FILE_STREAMS, 'terminal'],
    },
  ),
  log_bytes: gauge('By', 'Size of the log files, compressed ones included.', { stream: [...FILE_STREAMS, 'audit'] }),
  log_days_until_full: gauge(
    'd',
    'Days until the log will have filled the disk, by its growth over the last seven; 3650 stands for never.',
  ),
  audit_failures_total: counter('{failure}', 'Times that a record of the audit trail could not be written.'),
  telemetry_queue_length: gauge('{item}', 'Spans, or lines of the log, that wait to be sent.', { signal: ['traces', 'logs'] }),
  telemetry_exported_total: observedCounter('{item}', 'Spans, collections of metrics, or lines of the log, that have left.', {
    signal: SIGNALS,
  }),
  telemetry_dropped_total: observedCounter('{item}', 'Spans, collections of metrics, or lines of the log, that were lost.', {
    signal: SIGNALS,
  }),
  telemetry_export_failures_total: observedCounter('{failure}', 'Attempts to send that failed.', { signal: SIGNALS }),
  telemetry_last_success_age_seconds: gauge(
    's',
    'Time for which something of a signal has waited, or was lost, while nothing of it left; 0 once all has left.',
    { signal: SIGNALS },
  ),
  process_resident_memory_bytes: gauge('By', 'Memory that the process holds.'),
  process_memory_limit_bytes: gauge('By', "Memory that the process may hold: the container's limit, or else the machine's."),
  process_heap_used_bytes: gauge('By', 'JavaScript heap in use.'),
  process_heap_limit_bytes: gauge('By', 'JavaScript heap that there may be at most.'),
  process_cpu_seconds_total: observedCounter('s', 'Processor time used, all threads, user and system.'),
  process_available_cpus: gauge('{cpu}', 'Processors that the process may use.'),
  process_start_time_seconds: gauge('s', 'When the process was started, in seconds since 1970.'),
  process_event_loop_delay_seconds: gauge('s', 'How late the event loop was in the last 10 s.', { quantile: ['0.5', '0.99'] }),
  process_event_loop_utilization_ratio: gauge('1', 'Share of the last 10 s in which the event loop was busy.'),
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS
export type NameOf<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[MetricName]

/** How many series a metric can have at most: one for each combination of its labels' values, `other` among those that are not all known. */
export function maxSeriesOf({ labels = {}, maxSeries = Number.POSITIVE_INFINITY }: Metric): number {
  const combinations = Object.values(labels).reduce(
    (product, values) => product * ('of' in values ? values.atMost + 1 : values.length),
    1,
  )
  return Math.min(combinations, maxSeries)
}

function counter<const Of extends Labels>(unit: string, help: string, labels = {} as Of) {
  return { kind: 'counter', unit, help, labels } as const
}

function observedCounter<const Of extends Labels>(unit: string, help: string, labels = {} as Of) {
  return { kind: 'observed-counter', unit, help, labels } as const
}

function gauge<const Of extends Labels>(unit: string, help: string, labels = {} as Of) {
  return { kind: 'gauge', unit, help, labels } as const
}

function histogram<const Of extends Labels>(unit: string, help: string, buckets: readonly number[], labels = {} as Of) {
  return { kind: 'histogram', unit, help, buckets, labels } as const
}
