import type { TSchema } from '../../../src/base/json-schema.ts'
import { ERROR_TEXTS, type ErrorCode } from '../../../src/errors.ts'
import { ERROR_STATUSES } from '../../edge/replies/error-reply.ts'
import { ErrorReplySchema } from '../schemas/schemas.ts'

interface Operation {
  readonly tag: 'chat' | 'sessions' | 'documents' | 'service' | 'diagnostics'
  readonly summary: string
  readonly description: string
  /** The errors of this operation, except for those that every operation has. */
  readonly errors: readonly ErrorCode[]
  /** Whether it needs no key and takes any host. */
  readonly isOpen?: true
}

const EVERYWHERE: readonly ErrorCode[] = ['OVERLOADED', 'INTERNAL_ERROR']
const GUARDED: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'ACCESS_DENIED',
  'HOST_NOT_ALLOWED',
  'ORIGIN_NOT_ALLOWED',
  'RATE_LIMITED',
]
const BODY: readonly ErrorCode[] = ['VALIDATION_ERROR', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE']
const READ: readonly ErrorCode[] = ['DATABASE_UNAVAILABLE']
const WRITE: readonly ErrorCode[] = [...READ, 'DATABASE_BUSY', 'SHUTTING_DOWN']
const BY_ID: readonly ErrorCode[] = ['VALIDATION_ERROR', 'URI_TOO_LONG']
const SESSION: readonly ErrorCode[] = ['SESSION_NOT_FOUND', 'SESSION_EXPIRED']

/** What each operation does, by its operationId. */
const OPERATIONS = {
  sendMessage: {
    tag: 'chat',
    summary: 'Send a message',
    description:
      'Answers a question from the documents, or runs a command such as `/help`. The first message opens a session; send its `session_id` with the next ones. With an `Idempotency-Key`, a repeated request has no further effect and gets the first reply again.',
    errors: [
      ...BODY,
      ...SESSION,
      ...WRITE,
      'SESSION_BUSY',
      'SESSION_LIMIT_REACHED',
      'IDEMPOTENCY_KEY_REUSED',
      'IDEMPOTENCY_KEY_IN_USE',
    ],
  },
  receiveWebhook: {
    tag: 'chat',
    summary: 'Receive a message from another system',
    description:
      'Answers a signed webhook of a chat system, or of your own program, as a turn in the session of its conversation. Exists for each system whose secret is set.',
    errors: [
      ...['VALIDATION_ERROR', 'PAYLOAD_TOO_LARGE', 'SIGNATURE_INVALID', 'RATE_LIMITED', 'SESSION_BUSY'],
      ...['SESSION_LIMIT_REACHED', 'IDEMPOTENCY_KEY_REUSED', ...WRITE],
    ] as readonly ErrorCode[],
    isOpen: true,
  },
  getTurn: {
    tag: 'chat',
    summary: 'Get the receipt of a turn',
    description:
      'Returns the reply to a message again: answer, confidence, sources and timings. `feedback` is its latest rating. With the header `x-session-id`, the reply has `session_id`, and only a turn of that session is found.',
    errors: [...BY_ID, ...READ, 'TURN_NOT_FOUND'],
  },
  sendFeedback: {
    tag: 'chat',
    summary: 'Rate an answer',
    description:
      'Stores whether the answer of a turn was correct, and optionally which document answers the question. A later rating replaces an earlier one. With the header `x-session-id`, only a turn of that session is found.',
    errors: [...BODY, ...BY_ID, ...WRITE, 'TURN_NOT_FOUND', 'DOCUMENT_NOT_FOUND'],
  },
  openSession: {
    tag: 'sessions',
    summary: 'Open a session',
    description: 'Opens a session ahead of its first message. This is optional: a message without `session_id` opens one too.',
    errors: [...BODY, ...WRITE, 'SESSION_LIMIT_REACHED'],
  },
  getSession: {
    tag: 'sessions',
    summary: 'Get a session',
    description: 'Returns when a session was opened and last used, when it expires, and how many turns it has.',
    errors: [...BY_ID, ...READ, ...SESSION],
  },
  listTurns: {
    tag: 'sessions',
    summary: 'List the turns of a session, newest first',
    description: 'Returns messages and replies in pages. `next` is the `before` of the following page.',
    errors: [...BY_ID, ...READ, ...SESSION],
  },
  deleteSession: {
    tag: 'sessions',
    summary: 'Close a session and erase its content',
    description:
      'Closes the session and erases the text of its messages and replies. This cannot be undone. With 204, the text is no longer in the database files; with 202, it will be overwritten as soon as possible. The log files follow.',
    errors: [...BY_ID, ...WRITE, 'SESSION_NOT_FOUND'],
  },
  search: {
    tag: 'documents',
    summary: 'Search passages',
    description:
      'Returns the passages that match a query best, without a session. Quotation marks, `-word` and `OR` are supported.',
    errors: ['VALIDATION_ERROR', ...READ],
  },
  listDocuments: {
    tag: 'documents',
    summary: 'List documents by id',
    description: 'Returns the documents in pages, without their text. `next` is the `after` of the following page.',
    errors: ['VALIDATION_ERROR', ...READ],
  },
  getDocument: {
    tag: 'documents',
    summary: 'Get a document',
    description: 'Returns a document with its text.',
    errors: [...BY_ID, ...READ, 'DOCUMENT_NOT_FOUND'],
  },
  putDocument: {
    tag: 'documents',
    summary: 'Store or replace a document',
    description: 'Stores a document under an id of your choice. Answers use it within a second.',
    errors: [...BODY, ...BY_ID, ...WRITE, 'DOCUMENT_UNREADABLE'],
  },
  deleteDocument: {
    tag: 'documents',
    summary: 'Remove a document',
    description: 'Removes a document. Answers stop using it within a second.',
    errors: [...BY_ID, ...WRITE, 'DOCUMENT_NOT_FOUND'],
  },
  getHealth: {
    tag: 'service',
    summary: 'Check that the process responds',
    description: 'The same as `GET /health/live`.',
    errors: [],
    isOpen: true,
  },
  getLiveness: {
    tag: 'service',
    summary: 'Check that the process responds',
    description: 'For the liveness probe of an orchestrator. Also answers while the server is overloaded.',
    errors: [],
    isOpen: true,
  },
  getReadiness: {
    tag: 'service',
    summary: 'Check that the server can do its work, and if not, why',
    description:
      'For the readiness probe of an orchestrator. Reads only. The checks `damage`, `audit`, `log` and `telemetry` do not affect the status.',
    errors: [],
    isOpen: true,
  },
  getMetrics: {
    tag: 'service',
    summary: 'Get metrics in the Prometheus text format',
    description: 'The same metrics that are exported to a collector. Available unless telemetry is disabled.',
    errors: ['TELEMETRY_OFF'],
  },
  analyse: {
    tag: 'service',
    summary: 'Analyse the log and the metrics',
    description:
      'Explains errors, response times, usage, capacity or security events of a period. Runs in a thread of its own, one at a time.',
    errors: ['VALIDATION_ERROR', 'ANALYSIS_FAILED', 'MONITORING_OFF'],
  },
  listAlerts: {
    tag: 'service',
    summary: 'List the alerts that fire',
    description: 'Returns the alerts that fire or are pending, as the server itself evaluates them, and the silences.',
    errors: ['MONITORING_OFF', 'MONITORING_UNAVAILABLE'],
  },
  listAlertHistory: {
    tag: 'service',
    summary: 'List the changes of alerts, newest first',
    description: 'Returns when alerts were pending, fired, were resolved and silenced, and whether their messages arrived.',
    errors: ['VALIDATION_ERROR', 'MONITORING_OFF', 'MONITORING_UNAVAILABLE'],
  },
  getLogLevel: {
    tag: 'service',
    summary: 'Get the log level',
    description: 'Returns the log level and its temporary overrides.',
    errors: [],
  },
  setLogLevel: {
    tag: 'service',
    summary: 'Change the log level for a while',
    description: 'Sets the level of all lines, of one module or of one session for some minutes.',
    errors: [...BODY, 'AUDIT_UNAVAILABLE'],
  },
  readSession: {
    tag: 'service',
    summary: 'Read a session of others, with a reason',
    description:
      'Returns a session and its turns, newest first, in pages. The session is named by its id, or by its `session_id` in the log. Each call is recorded in the audit trail with its reason, before the reply.',
    errors: [...BODY, ...BY_ID, ...READ, 'SESSION_NOT_FOUND', 'AUDIT_UNAVAILABLE'],
  },
  hello: {
    tag: 'diagnostics',
    summary: 'Log a line and reply',
    description: 'Shows that requests are served and logged.',
    errors: [],
  },
  causeError: {
    tag: 'diagnostics',
    summary: 'Fail on purpose',
    description: 'Shows how errors are reported and logged. It always fails.',
    errors: ['DIAGNOSTIC_ERROR'],
  },
} as const satisfies Readonly<Record<string, Operation>>

/**
 * The part of a route's schema that documents it: texts, and a response for each status that it can
 * have.
 */
export function describeOperation<Responses extends Readonly<Record<number, TSchema>>>(
  operationId: keyof typeof OPERATIONS,
  response: Responses,
): { operationId: string; tags: string[]; summary: string; description: string; response: Responses } {
  const { tag, summary, description, errors, isOpen }: Operation = OPERATIONS[operationId]
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    response: { ...describeErrors([...errors, ...(isOpen ? [] : GUARDED), ...EVERYWHERE]), ...response },
  }
}

/** The responses of errors by status, each with the codes that it can have. */
function describeErrors(codes: readonly ErrorCode[]): Readonly<Record<number, TSchema>> {
  const byStatus = Map.groupBy(new Set(codes), code => ERROR_STATUSES[code])
  const responses = [...byStatus].map(([status, codes]) => {
    const description = codes.map(code => `\`${code}\`: ${ERROR_TEXTS[code]}.`).join('\n\n')
    return [status, { ...ErrorReplySchema, description }]
  })
  return Object.fromEntries(responses)
}
