/**
 * A label's values: the complete list, or a description and a limit. Values beyond the limit become
 * `other`.
 */
export type LabelValues = readonly string[] | { readonly of: string; readonly atMost: number }
export type Labels = Readonly<Record<string, LabelValues>>

export interface Metric {
  readonly kind: 'counter' | 'histogram' | 'gauge' | 'observed-counter'
  /** UCUM unit, as OpenTelemetry uses it: `s`, `By`, `1`, `{request}`. */
  readonly unit: string
  readonly help: string
  readonly labels?: Labels
  /** Upper bounds of a histogram's buckets, in its unit. An unbounded bucket is added. */
  readonly buckets?: readonly number[]
  /** Name of the instrument if an OpenTelemetry instrumentation records the metric. */
  readonly foreignInstrument?: string
  /** Maximum number of series, if fewer than the product of the label values. */
  readonly maxSeries?: number
}

/** From a search in memory to the longest wait of a message, in seconds. */
const FAST_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** From the smallest reply to the handler timeout, in seconds. */
const REPLY_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** The first bucket counts messages that did not wait. */
const WAIT_S = [0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** From a session of one message, through the default idle timeout of an hour, to a day. */
const SESSION_S = [0, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 7200, 21_600, 86_400]
const TURNS = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200]
const HITS = [0, 1, 2, 3, 5, 10, 20, 50]
const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

const FILE_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error'] as const
const SIGNALS = ['traces', 'metrics', 'logs', 'errors'] as const
const VOLUMES = ['data', 'log'] as const
const JUDGEMENTS = ['correct', 'incorrect'] as const
const ENDPOINTS = { of: 'route template, or `unmatched`', atMost: 64 } as const
const RULES = { of: 'rule id', atMost: 64 } as const
const CHANNELS = ['email', 'slack', 'webhook'] as const
const WEBHOOKS = ['slack', 'telegram', 'teams', 'generic'] as const
const COMMANDS = { of: 'command name, or `unknown`', atMost: 32 } as const

/** All metrics, by the name that both `/metrics` and OTLP use. */
export const METRICS = {
  chatbot_requests_total: counter('{request}', 'Requests served.', {
    endpoint: ENDPOINTS,
    status: ['success', 'client_error', 'error'],
  }),
  chatbot_response_time_seconds: histogram('s', 'Time from receiving a request to sending the last byte of its reply.', REPLY_S, {
    endpoint: ENDPOINTS,
  }),
  chatbot_requests_in_flight: gauge('{request}', 'Requests in progress, from the end of the body to the reply. Without probes.'),
  chatbot_requests_in_flight_limit: gauge('{request}', 'Requests that may be in progress. Follows the measured capacity.'),
  chatbot_requests_refused_total: counter(
    '{request}',
    'Requests refused by admission control: `limit` if the server has too many in progress, `share` if the client has.',
    { reason: ['limit', 'share'] },
  ),
  chatbot_security_events_total: counter('{event}', 'What clients did that an operator should know of.', {
    kind: [
      'failed_authentication',
      'authentication_delayed',
      'role_refused',
      'host_refused',
      'origin_refused',
      'rate_limited',
      'oversized_body',
      'probing',
      'id_guessing',
    ],
  }),
  chatbot_request_errors_total: {
    ...counter('{request}', 'Requests that failed or were refused, by error code. Includes malformed HTTP.', {
      endpoint: ENDPOINTS,
      code: { of: 'error code, or `CLIENT_CLOSED_REQUEST`', atMost: 48 },
    }),
    maxSeries: 1000,
  },
  chatbot_dropped_connections_total: counter('{connection}', 'Connections closed at once because MAX_CONNECTIONS was reached.'),
  chatbot_commands_total: counter('{command}', 'Commands by result. `refused` means unknown or malformed.', {
    command: COMMANDS,
    status: ['success', 'refused', 'error'],
  }),
  chatbot_command_duration_seconds: histogram('s', 'Run time of commands.', FAST_S, { command: COMMANDS }),
  chatbot_turns_total: counter('{turn}', 'Turns stored.', { kind: ['answer', 'command', 'fallback'] }),
  chatbot_webhook_events_total: counter(
    '{event}',
    'Events of webhooks with a valid signature. `replayed` means delivered again, `refused` too long, `undelivered` that the system did not take the reply.',
    { source: WEBHOOKS, outcome: ['answered', 'replayed', 'ignored', 'refused', 'undelivered'] },
  ),
  chatbot_questions_total: counter('{question}', 'Questions searched for in the documents. Excludes commands and small talk.', {
    outcome: ['answered', 'abstained'],
  }),
  chatbot_answer_confidence_ratio: histogram('1', 'Confidence of answers, including those below the threshold.', TENTHS),
  chatbot_feedback_total: counter('{judgement}', 'Judgements received. A changed judgement counts again.', {
    judgement: JUDGEMENTS,
  }),
  chatbot_judged_turns: gauge('{turn}', 'Turns by their latest judgement. Cached for 30 s.', { judgement: JUDGEMENTS }),
  chatbot_accuracy_ratio: gauge('1', 'Share of judged turns that were judged correct. Absent if no turn was judged.'),
  health_check_up: gauge('1', '1 if a check of `/health/ready` passes, otherwise 0.', {
    check: ['database', 'writer', 'damage', 'index', 'disk', 'audit', 'log', 'telemetry', 'notifications'],
  }),
  chatbot_active_sessions: gauge('{session}', 'Open sessions.'),
  chatbot_sessions_limit: gauge('{session}', 'Maximum number of open sessions.'),
  chatbot_sessions_opened_total: counter('{session}', 'Sessions opened.'),
  chatbot_sessions_closed_total: counter('{session}', 'Sessions closed, by reason. `limit` means evicted for a newer session.', {
    reason: ['expired', 'deleted', 'limit'],
  }),
  chatbot_session_duration_seconds: histogram(
    's',
    'Time from opening a session to its last turn. Recorded when the session closes.',
    SESSION_S,
  ),
  chatbot_session_turns: histogram('{turn}', 'Turns per session. Recorded when the session closes.', TURNS),
  chatbot_queue_length: gauge('{message}', 'Messages waiting for an earlier message of their session.'),
  chatbot_queue_wait_seconds: histogram('s', 'Time a message waited for earlier messages of its session.', WAIT_S),
  chatbot_searches_total: counter('{search}', 'Searches, by whether they found any passage.', { outcome: ['hits', 'none'] }),
  chatbot_search_duration_seconds: histogram('s', 'Duration of searches, including reading the passages.', FAST_S),
  chatbot_search_hits: histogram('{passage}', 'Passages returned by a search, up to the number requested.', HITS),
  chatbot_documents: gauge('{document}', 'Documents in the search index.'),
  chatbot_passages: gauge('{passage}', 'Passages in the search index.'),
  chatbot_database_up: gauge('1', '1 if the database can be read and written, otherwise 0.'),
  chatbot_database_waiting_writes: gauge('{write}', 'Writes accepted but not yet on disk.'),
  chatbot_database_wal_bytes: gauge('By', 'Size of the write-ahead log.'),
  chatbot_database_problems: gauge(
    '{problem}',
    'Damage that the last check of the database found. Absent before the first check.',
  ),
  chatbot_pending_erasures: gauge('{erasure}', 'Erasures whose content may still be in the write-ahead log.'),
  chatbot_database_commit_duration_seconds: histogram('s', 'Duration of commits, mostly disk time.', FAST_S),
  chatbot_database_slow_operations_total: counter('{operation}', 'Reads and write batches slower than SLOW_QUERY_MS.'),
  db_client_connection_count: gauge('{connection}', 'Database connections: one reader and one writer.', {
    state: ['idle', 'used'],
  }),
  db_client_operation_duration_seconds: histogram(
    's',
    'Duration of database operations. A write lasts until it is on disk.',
    FAST_S,
    { operation: { of: 'operation summary, such as `SELECT sessions`', atMost: 48 } },
  ),
  disk_free_bytes: gauge('By', 'Free space of the file system that holds the data or the log.', { volume: VOLUMES }),
  disk_size_bytes: gauge('By', 'Size of the file system that holds the data or the log.', { volume: VOLUMES }),
  http_client_request_duration_seconds: {
    ...histogram(
      's',
      'Duration of requests to other servers, recorded by the OpenTelemetry instrumentation of the client.',
      REPLY_S,
      {
        http_request_method: { of: 'HTTP method', atMost: 10 },
        http_response_status_code: { of: 'HTTP status', atMost: 64 },
        server_address: { of: 'configured server', atMost: 16 },
        server_port: { of: 'port of the server', atMost: 16 },
        url_scheme: ['http', 'https'],
        error_type: { of: 'HTTP status or error class', atMost: 64 },
      },
    ),
    foreignInstrument: 'http.client.request.duration',
    maxSeries: 200,
  },
  log_lines_total: observedCounter('{line}', 'Lines written to log files.', { stream: FILE_STREAMS }),
  log_dropped_lines_total: observedCounter('{line}', 'Lines dropped by a log stream or by a slow terminal.', {
    stream: [...FILE_STREAMS, 'terminal'],
  }),
  log_bytes: gauge('By', 'Size of the log files, including compressed files.', { stream: [...FILE_STREAMS, 'audit'] }),
  log_days_until_full: gauge(
    'd',
    'Days until the log fills the disk, from its growth over the last seven days. 3650 means never.',
  ),
  audit_failures_total: counter('{failure}', 'Audit records that could not be written.'),
  telemetry_queue_length: gauge('{item}', 'Spans waiting for export, or log lines waiting to be written.', {
    signal: ['traces', 'logs'],
  }),
  telemetry_exported_total: observedCounter('{item}', 'Spans, metric collections and errors exported, or log lines written.', {
    signal: SIGNALS,
  }),
  telemetry_dropped_total: observedCounter('{item}', 'Spans, metric collections, errors or log lines dropped.', {
    signal: SIGNALS,
  }),
  telemetry_export_failures_total: observedCounter('{failure}', 'Failed export attempts.', { signal: SIGNALS }),
  telemetry_last_success_age_seconds: gauge(
    's',
    'Time since the last successful export while items wait or were dropped; 0 when nothing is pending, or no collector is configured and none was found.',
    { signal: SIGNALS },
  ),
  alerts_firing: gauge('{alert}', 'Alerts that fire, as the server itself evaluates them.', { rule: RULES }),
  alert_time_to_resolve_seconds: gauge('s', 'Mean time from firing to resolved, over the history of alerts.', { rule: RULES }),
  notifications_waiting: gauge('{notification}', 'Notifications that wait after a failed attempt, or for more than a minute.', {
    channel: CHANNELS,
  }),
  notifications_delivered_total: observedCounter('{notification}', 'Notifications that a channel accepted.', {
    channel: CHANNELS,
  }),
  notification_failures_total: observedCounter('{notification}', 'Notifications that could not be delivered and were given up.', {
    channel: CHANNELS,
  }),
  monitoring_evaluation_seconds: gauge('s', 'Duration of the last evaluation of the alert rules.'),
  monitoring_bytes: gauge('By', 'Size of the stored metrics, alerts and notifications.'),
  process_resident_memory_bytes: gauge('By', 'Resident memory of the process.'),
  process_memory_limit_bytes: gauge('By', 'Memory limit of the process: of its container, otherwise of the machine.'),
  process_heap_used_bytes: gauge('By', 'JavaScript heap in use.'),
  process_heap_limit_bytes: gauge('By', 'Maximum size of the JavaScript heap.'),
  process_cpu_seconds_total: observedCounter('s', 'CPU time used by all threads, user and system.'),
  process_available_cpus: gauge('{cpu}', 'CPUs available to the process.'),
  process_start_time_seconds: gauge('s', 'Start time of the process, in seconds since 1970.'),
  process_event_loop_delay_seconds: gauge('s', 'Event-loop delay over the last 10 s.', { quantile: ['0.5', '0.99'] }),
  process_event_loop_utilization_ratio: gauge('1', 'Share of the last 10 s in which the event loop was busy.'),
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS
export type NameOf<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[MetricName]

/**
 * Maximum number of series of a metric: all combinations of its label values, including `other`.
 */
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
