/**
 * Series, and which alerts fire over them. The built-in evaluation and Prometheus are both tested
 * with each scenario.
 */
export interface Scenario {
  readonly name: string
  readonly intervalS: number
  /** In the notation of promtool: `0+5x10` is 0, 5, 10 … */
  readonly series: Readonly<Record<string, string>>
  /** Alerts that fire, as `rule_id{label="value"}`, by minute. */
  readonly firing: Readonly<Record<number, readonly string[]>>
}

/** The series of the requests of an endpoint. */
export const requests = (endpoint: string, status: string) => `chatbot_requests_total{endpoint="${endpoint}",status="${status}"}`
const bucket = (endpoint: string, le: string) => `chatbot_response_time_seconds_bucket{endpoint="${endpoint}",le="${le}"}`

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'high_error_rate fires above 5 % after five minutes, and is resolved two minutes after its end',
    intervalS: 60,
    series: {
      [requests('/chat', 'success')]: '0+94x20 1980+100x20',
      [requests('/chat', 'error')]: '0+6x20 120x20',
      [requests('/chat', 'client_error')]: '0x40',
    },
    firing: { 4: [], 12: ['high_error_rate'], 20: ['high_error_rate'], 32: [] },
  },
  {
    name: 'at 4 %, errors of clients included, no alert fires',
    intervalS: 60,
    series: {
      [requests('/chat', 'success')]: '0+48x20',
      [requests('/chat', 'client_error')]: '0+48x20',
      [requests('/chat', 'error')]: '0+4x20',
    },
    firing: { 18: [] },
  },
  {
    name: 'health checks and scrapes hide no failures, and their own do not count',
    intervalS: 15,
    series: {
      [requests('/chat', 'error')]: '0x7 1x7 2x7 3x7 4x7 5x7 6x7 7x7 8x7 9x7',
      [requests('/chat', 'success')]: '0x80',
      [requests('/health/ready', 'success')]: '0+1.5x80',
      [requests('/metrics', 'success')]: '0+1x80',
    },
    firing: { 15: ['high_error_rate'] },
  },
  {
    name: 'a server that is not ready has no error rate',
    intervalS: 15,
    series: {
      [requests('/chat', 'success')]: '0+1x80',
      [requests('/chat', 'error')]: '0x80',
      [requests('/health/ready', 'error')]: '0+1.5x80',
    },
    firing: { 15: [] },
  },
  {
    name: 'response_time_degradation names the slow endpoint',
    intervalS: 60,
    series: {
      [bucket('/chat', '1')]: '0+90x20',
      [bucket('/chat', '5')]: '0+100x20',
      [bucket('/chat', '+Inf')]: '0+100x20',
      [bucket('/search', '1')]: '0+100x20',
      [bucket('/search', '5')]: '0+100x20',
      [bucket('/search', '+Inf')]: '0+100x20',
    },
    firing: { 4: [], 12: ['response_time_degradation{endpoint="/chat"}'] },
  },
  {
    name: 'CPU and memory above their shares',
    intervalS: 60,
    series: {
      process_cpu_seconds_total: '0+108x30',
      process_available_cpus: '2x30',
      process_resident_memory_bytes: '900x20 500x10',
      process_memory_limit_bytes: '1000x30',
      process_heap_used_bytes: '10x30',
      process_heap_limit_bytes: '100x30',
    },
    firing: { 4: [], 12: ['high_cpu', 'memory_exhaustion'], 26: ['high_cpu'] },
  },
  {
    name: 'sessions, queue and database at their limits',
    intervalS: 60,
    series: {
      chatbot_active_sessions: '9000x20',
      chatbot_sessions_limit: '10000x20',
      chatbot_queue_length: '101x20',
      chatbot_database_up: '0x10 1x10',
      chatbot_database_problems: '0x9 2x11',
      chatbot_pending_erasures: '1x20',
    },
    firing: {
      3: ['queue_backlog', 'database_failures'],
      10: ['session_limit', 'queue_backlog', 'database_failures', 'database_damaged'],
      17: ['session_limit', 'queue_backlog', 'database_damaged', 'erasure_pending'],
    },
  },
  {
    name: 'below their limits, nothing fires',
    intervalS: 60,
    series: {
      chatbot_active_sessions: '8999x20',
      chatbot_sessions_limit: '10000x20',
      chatbot_queue_length: '100x20',
      chatbot_database_up: '1x20',
      chatbot_database_problems: '0x20',
      chatbot_pending_erasures: '0x20',
    },
    firing: { 18: [] },
  },
  {
    name: 'disk_space fires at 14 %, and below 5 GB, and not at half of a large disk',
    intervalS: 60,
    series: {
      'disk_free_bytes{volume="data"}': '140000000000x10 500000000000x15',
      'disk_size_bytes{volume="data"}': '1000000000000x25',
      'disk_free_bytes{volume="log"}': '4000000000x25',
      'disk_size_bytes{volume="log"}': '8000000000x25',
      log_days_until_full: '3x90',
    },
    firing: {
      8: ['disk_space{volume="data"}', 'disk_space{volume="log"}'],
      20: ['disk_space{volume="log"}'],
      70: ['disk_full_soon'],
    },
  },
  {
    name: 'slow operations, slow commits and refused writes',
    intervalS: 60,
    series: {
      chatbot_database_slow_operations_total: '0+12x30',
      'chatbot_database_commit_duration_seconds_bucket{le="0.5"}': '0+80x30',
      'chatbot_database_commit_duration_seconds_bucket{le="1"}': '0+100x30',
      'chatbot_database_commit_duration_seconds_bucket{le="+Inf"}': '0+100x30',
      chatbot_database_waiting_writes: '0x30',
    },
    firing: { 4: [], 15: ['slow_queries', 'slow_writes'] },
  },
  {
    name: 'DATABASE_BUSY and DATABASE_UNAVAILABLE are seen in the errors',
    intervalS: 60,
    series: {
      'chatbot_request_errors_total{endpoint="/chat",code="DATABASE_BUSY"}': '0x3 0+1x30',
      'chatbot_request_errors_total{endpoint="/chat",code="DATABASE_UNAVAILABLE"}': '0x3 0+3x30',
    },
    firing: { 15: ['database_failures', 'slow_writes'] },
  },
  {
    name: 'telemetry that stopped, lost lines and records',
    intervalS: 60,
    series: {
      'telemetry_last_success_age_seconds{signal="traces"}': '0+60x20',
      'telemetry_last_success_age_seconds{signal="metrics"}': '0 20 40 60 0 20 40 60 0 20 40 60 0 20 40 60 0 20 40 60',
      'log_dropped_lines_total{stream="chatbot"}': '0x4 5x40',
      'log_dropped_lines_total{stream="terminal"}': '0+100x40',
      audit_failures_total: '0x4 1x40',
      'notification_failures_total{channel="email"}': '0x4 1x40',
    },
    firing: {
      12: ['telemetry_stopped{signal="traces"}', 'log_lines_lost{stream="chatbot"}', 'audit_trail'],
      30: ['notifications_undelivered{channel="email"}'],
    },
  },
  {
    name: 'refused requests, dropped connections and security events',
    intervalS: 60,
    series: {
      'chatbot_requests_refused_total{reason="limit"}': '0+90x20',
      'chatbot_requests_refused_total{reason="share"}': '0+10x20',
      chatbot_dropped_connections_total: '0+5x20',
      'chatbot_security_events_total{kind="probing"}': '0+12x20',
      'chatbot_security_events_total{kind="failed_authentication"}': '0+2x20',
    },
    firing: {
      14: ['requests_refused{reason="limit"}', 'connections_dropped', 'suspicious_activity{kind="probing"}'],
    },
  },
  {
    name: 'no_answers fires if most of many questions are not answered, and not for a few',
    intervalS: 60,
    series: {
      'chatbot_questions_total{outcome="answered"}': '0+1x180',
      'chatbot_questions_total{outcome="abstained"}': '0+2x180',
      'chatbot_feedback_total{judgement="correct"}': '0x180',
      'chatbot_feedback_total{judgement="incorrect"}': '0x60 1x10 3x10 5x10 7x100',
    },
    firing: { 20: [], 100: ['no_answers'] },
  },
  {
    name: 'bad_feedback fires above half of ten judgements of a day',
    intervalS: 60,
    series: {
      'chatbot_feedback_total{judgement="correct"}': '0x30 4x100',
      'chatbot_feedback_total{judgement="incorrect"}': '0x30 8x100',
      'chatbot_questions_total{outcome="answered"}': '0x130',
      'chatbot_questions_total{outcome="abstained"}': '0x30 3x100',
    },
    firing: { 20: [], 90: ['bad_feedback'] },
  },
]
