import type { Observable } from '@opentelemetry/api'
import { withinTime } from './metrics/cached-reading.ts'
import { announce, count, observable, record } from './metrics/instruments.ts'
import type { METRICS, MetricName, NameOf } from './metrics.ts'

type ObservedName = NameOf<'gauge' | 'observed-counter'>
/** Type of a label's values. */
type ValueOf<Name extends MetricName, Label extends string> = (typeof METRICS)[Name] extends {
  readonly labels: { readonly [Key in Label]: readonly (infer Value)[] }
}
  ? Value
  : (typeof METRICS)[Name] extends { readonly labels: { readonly [Key in Label]: { readonly of: string } } }
    ? string
    : never

/** Label values of a metric, by label. */
type LabelsOf<Name extends MetricName> = {
  readonly [Label in keyof (typeof METRICS)[Name]['labels'] & string]: ValueOf<Name, Label>
}

export type RequestStatus = ValueOf<'chatbot_requests_total', 'status'>
export type RefusalReason = ValueOf<'chatbot_requests_refused_total', 'reason'>
export type TurnKind = ValueOf<'chatbot_turns_total', 'kind'>
export type CommandStatus = ValueOf<'chatbot_commands_total', 'status'>
export type ClosingReason = ValueOf<'chatbot_sessions_closed_total', 'reason'>

/** Endpoint of requests that match no route. */
const UNMATCHED = 'unmatched'

/**
 * Starts a route's counters at 0, by template, to make its first failure visible as an increase.
 */
export function announceEndpoint(endpoint = UNMATCHED): void {
  announce('chatbot_requests_total', endpoint, 'success')
}

/** Starts the counters of commands at 0. */
export function announceCommands(commands: readonly string[]): void {
  for (const command of commands) announce('chatbot_commands_total', command, 'success')
}

/**
 * Records a request and its duration (ms). `endpoint` is the route template, never a path;
 * undefined if no route matched. `code` is the error code, if any.
 */
export function recordRequest(endpoint: string | undefined, statusCode: number, durationMs: number, code?: string): void {
  const template = endpoint ?? UNMATCHED
  const status: RequestStatus = statusCode < 400 ? 'success' : statusCode < 500 ? 'client_error' : 'error'
  count('chatbot_requests_total', template, status)
  record('chatbot_response_time_seconds', durationMs / 1000, template)
  if (code !== undefined) recordError(endpoint, code)
}

/** Counts a failure or refusal by code. Called directly if there is no request with a duration. */
export function recordError(endpoint: string | undefined, code: string): void {
  count('chatbot_request_errors_total', endpoint ?? UNMATCHED, code)
}

/** Counts a connection that was closed because too many were open. */
export function recordDroppedConnection(): void {
  count('chatbot_dropped_connections_total')
}

export type SecurityEventKind = ValueOf<'chatbot_security_events_total', 'kind'>

/** Counts what a client did that an operator should know of. */
export function recordSecurityEvent(kind: SecurityEventKind): void {
  count('chatbot_security_events_total', kind)
}

/** Counts a request that admission control refused. */
export function recordRefusal(reason: RefusalReason): void {
  count('chatbot_requests_refused_total', reason)
}

/** Counts a command by name, `unknown` included. `durationMs` is set if it ran. */
export function recordCommand(command: string, status: CommandStatus, durationMs?: number): void {
  count('chatbot_commands_total', command, status)
  if (durationMs !== undefined) record('chatbot_command_duration_seconds', durationMs / 1000, command)
}

/** Counts a turn by the kind of its reply. */
export function recordTurn(kind: TurnKind): void {
  count('chatbot_turns_total', kind)
}

export type WebhookSourceName = ValueOf<'chatbot_webhook_events_total', 'source'>
export type WebhookOutcome = ValueOf<'chatbot_webhook_events_total', 'outcome'>

/** Counts an event of a webhook by what became of it. */
export function recordWebhook(source: WebhookSourceName, outcome: WebhookOutcome): void {
  count('chatbot_webhook_events_total', source, outcome)
}

/** Counts a question as answered or abstained, with its confidence (0–1). */
export function recordAnswer(isAnswered: boolean, confidence: number): void {
  count('chatbot_questions_total', isAnswered ? 'answered' : 'abstained')
  record('chatbot_answer_confidence_ratio', confidence)
}

/** Counts a rating of a turn. */
export function recordFeedback(isCorrect: boolean): void {
  count('chatbot_feedback_total', isCorrect ? 'correct' : 'incorrect')
}

/** Counts an opened session. */
export function recordSessionOpened(): void {
  count('chatbot_sessions_opened_total')
}

/** Records a closed session: its reason, duration of use (ms) and number of turns. */
export function recordSessionClosed(reason: ClosingReason, durationMs: number, turns: number): void {
  count('chatbot_sessions_closed_total', reason)
  record('chatbot_session_duration_seconds', durationMs / 1000)
  record('chatbot_session_turns', turns)
}

/** Records how long (ms) a message waited for earlier ones of its session. */
export function recordQueueWait(durationMs: number): void {
  record('chatbot_queue_wait_seconds', durationMs / 1000)
}

/** Records a search: its duration (ms), including reading the passages, and its hits. */
export function recordSearch(durationMs: number, hits: number): void {
  count('chatbot_searches_total', hits > 0 ? 'hits' : 'none')
  record('chatbot_search_duration_seconds', durationMs / 1000)
  record('chatbot_search_hits', hits)
}

/**
 * Records the duration (ms) of an operation. The name is a statement summary, of which there are
 * few.
 */
export function recordDatabaseOperation(operation: string, durationMs: number): void {
  record('db_client_operation_duration_seconds', durationMs / 1000, operation)
}

/** Records the duration (ms) of a commit. */
export function recordCommit(durationMs: number): void {
  record('chatbot_database_commit_duration_seconds', durationMs / 1000)
}

/** Counts a read or write batch that took longer than SLOW_QUERY_MS. */
export function recordSlowOperation(): void {
  count('chatbot_database_slow_operations_total')
}

/** Counts a failed attempt to write to the audit trail. */
export function recordAuditFailure(): void {
  count('audit_failures_total')
}

/**
 * Observes a value at each collection, until the returned function is called. A reading that is
 * undefined, throws, rejects or takes longer than 5 s is left out of that collection.
 */
export function observe<Name extends ObservedName>(
  name: Name,
  read: () => number | undefined | Promise<number | undefined>,
  labels: Partial<LabelsOf<Name>> = {},
): () => void {
  const instrument = observable(name)
  const callback: Parameters<Observable['addCallback']>[0] = async result => {
    const reading = read()
    const value = typeof reading === 'object' ? await withinTime(reading) : reading
    if (value !== undefined) result.observe(value, labels)
  }
  instrument.addCallback(callback)
  return () => instrument.removeCallback(callback)
}

/** Combines functions that end observations into one. */
export function observeAll(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop()
  }
}
