import type { Observable } from '@opentelemetry/api'
import { withinTime } from './metrics/cached-reading.ts'
import { announce, count, observable, record } from './metrics/instruments.ts'
import type { METRICS, MetricName, NameOf } from './metrics.ts'

type ObservedName = NameOf<'gauge' | 'observed-counter'>
/** The values of a metric's label, as a type. */
type ValueOf<Name extends MetricName, Label extends string> = (typeof METRICS)[Name] extends {
  readonly labels: { readonly [Key in Label]: readonly (infer Value)[] }
}
  ? Value
  : never

/** The values that a metric's labels may have, by label. */
type LabelsOf<Name extends MetricName> = {
  readonly [Label in keyof (typeof METRICS)[Name]['labels'] & string]: ValueOf<Name, Label>
}

export type RequestStatus = ValueOf<'chatbot_requests_total', 'status'>
export type TurnKind = ValueOf<'chatbot_turns_total', 'kind'>
export type CommandStatus = ValueOf<'chatbot_commands_total', 'status'>
export type ClosingReason = ValueOf<'chatbot_sessions_closed_total', 'reason'>

/** Stands for a path that belongs to no route. */
const UNMATCHED = 'unmatched'

/** Shows the counts of a route's requests from 0 on, by its template, so that the first that fails is seen as a rise. */
export function announceEndpoint(endpoint = UNMATCHED): void {
  announce('chatbot_requests_total', endpoint, 'success')
}

/** Shows the counts of commands from 0 on; what commands there are is known to who runs them. */
export function announceCommands(commands: readonly string[]): void {
  for (const command of commands) announce('chatbot_commands_total', command, 'success')
}

/**
 * Counts a request and its duration. The endpoint is the route's template, never a path; undefined where no route matched. The code says why it
 * failed or was refused, where that is known.
 */
export function recordRequest(endpoint: string | undefined, statusCode: number, durationMs: number, code?: string): void {
  const template = endpoint ?? UNMATCHED
  const status: RequestStatus = statusCode < 400 ? 'success' : statusCode < 500 ? 'client_error' : 'error'
  count('chatbot_requests_total', template, status)
  record('chatbot_response_time_seconds', durationMs / 1000, template)
  if (code !== undefined) recordError(endpoint, code)
}

/** Counts what failed or was refused by why: alone where there was no request, so that its duration could be told. */
export function recordError(endpoint: string | undefined, code: string): void {
  count('chatbot_request_errors_total', endpoint ?? UNMATCHED, code)
}

/** Counts a command by its name, `unknown` where there is none such; the duration is that of one which ran. */
export function recordCommand(command: string, status: CommandStatus, durationMs?: number): void {
  count('chatbot_commands_total', command, status)
  if (durationMs !== undefined) record('chatbot_command_duration_seconds', durationMs / 1000, command)
}

export function recordTurn(kind: TurnKind): void {
  count('chatbot_turns_total', kind)
}

/** Takes what the documents had to say to a question: an answer or none, and the confidence in it, 0–1. */
export function recordAnswer(isAnswered: boolean, confidence: number): void {
  count('chatbot_questions_total', isAnswered ? 'answered' : 'abstained')
  record('chatbot_answer_confidence_ratio', confidence)
}

export function recordFeedback(isCorrect: boolean): void {
  count('chatbot_feedback_total', isCorrect ? 'correct' : 'incorrect')
}

export function recordSessionOpened(): void {
  count('chatbot_sessions_opened_total')
}

/** Takes a session that has just closed: how long it was in use, and how many turns it had. */
export function recordSessionClosed(reason: ClosingReason, durationMs: number, turns: number): void {
  count('chatbot_sessions_closed_total', reason)
  record('chatbot_session_duration_seconds', durationMs / 1000)
  record('chatbot_session_turns', turns)
}

export function recordQueueWait(durationMs: number): void {
  record('chatbot_queue_wait_seconds', durationMs / 1000)
}

export function recordSearch(durationMs: number, hits: number): void {
  count('chatbot_searches_total', hits > 0 ? 'hits' : 'none')
  record('chatbot_search_duration_seconds', durationMs / 1000)
  record('chatbot_search_hits', hits)
}

/** Takes an operation's duration; its name is a summary of the statement, of which there are as many as there are statements. */
export function recordDatabaseOperation(operation: string, durationMs: number): void {
  record('db_client_operation_duration_seconds', durationMs / 1000, operation)
}

export function recordCommit(durationMs: number): void {
  record('chatbot_database_commit_duration_seconds', durationMs / 1000)
}

export function recordSlowOperation(): void {
  count('chatbot_database_slow_operations_total')
}

export function recordAuditFailure(): void {
  count('audit_failures_total')
}

/**
 * Has a metric read whenever metrics are collected, until the function returned is called. A reading that is undefined, that throws, whose
 * promise rejects, or that takes longer than 5 s, as from a disk that does not answer, is left out of that collection.
 */
export function observe<Name extends ObservedName>(
  name: Name,
  read: () => number | undefined | Promise<number | undefined>,
  labels: Partial<LabelsOf<Name>> = {},
): () => void {
  const instrument = observable(name)
  const tell: Parameters<Observable['addCallback']>[0] = async result => {
    const reading = read()
    const value = typeof reading === 'object' ? await withinTime(reading) : reading
    if (value !== undefined) result.observe(value, labels)
  }
  instrument.addCallback(tell)
  return () => instrument.removeCallback(tell)
}

/** Makes of what ends several observations one function that ends them all. */
export function observeAll(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop()
  }
}
