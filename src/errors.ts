/**
 * Every error that reaches a caller or an operator, by its code. A code is never reused.
 * The text is the message of an error that has none of its own. HTTP statuses are in plugins/edge.
 */
export const ERROR_TEXTS = {
  VALIDATION_ERROR: 'The request is not valid',
  SESSION_NOT_FOUND: 'No session has this id',
  SESSION_EXPIRED: 'This session is closed: it was idle too long, or a newer one replaced it. Open a new session',
  SESSION_BUSY: 'Too many messages are waiting in this session. Send the next message after a reply',
  SESSION_LIMIT_REACHED: 'The maximum number of open sessions is reached. Retry later',
  IDEMPOTENCY_KEY_REUSED: 'This Idempotency-Key was used with another body. Use a new key for each request',
  IDEMPOTENCY_KEY_IN_USE: 'The first request with this Idempotency-Key is still in progress. Retry later',
  TURN_NOT_FOUND: 'No turn has this id',
  DOCUMENT_NOT_FOUND: 'No document has this id. GET /documents lists the ids',
  DOCUMENT_UNREADABLE: 'The document cannot be read in this format',
  UNAUTHENTICATED: 'This request needs a valid key. Send it as Authorization: Bearer KEY',
  SIGNATURE_INVALID: 'The webhook has no valid signature, or was sent too long ago',
  ACCESS_DENIED: 'The role of this key does not include this route',
  HOST_NOT_ALLOWED: 'The Host header names another host. Add it to ALLOWED_HOSTS if it is one of this server',
  ORIGIN_NOT_ALLOWED: 'A web page of another site sent this request. Add its origin to CORS_ORIGINS if it is one of yours',
  RATE_LIMITED: 'Too many requests in this minute. Retry later',
  ROUTE_NOT_FOUND: 'No route matches this path. GET /docs lists the routes',
  METHOD_NOT_ALLOWED: 'This path does not support this method. The Allow header lists those it supports',
  PAYLOAD_TOO_LARGE: 'The request body is larger than this route accepts',
  UNSUPPORTED_MEDIA_TYPE: 'This content type is not supported. Send application/json',
  URI_TOO_LONG: 'The path, or a part of it, is too long',
  HEADERS_TOO_LARGE: 'The request headers are too large',
  REQUEST_TIMEOUT: 'The request did not arrive in time',
  MALFORMED_REQUEST: 'The request is not well-formed HTTP',
  EXPECTATION_FAILED: 'This value of the Expect header is not supported. Send 100-continue, or none',
  TOO_MANY_PIPELINED: 'Too many requests were sent on this connection without waiting for replies',
  OVERLOADED: 'The server is overloaded. Retry later',
  INDEX_INCOMPLETE: 'The documents are still being indexed. Retry later',
  ANSWER_FAILED: 'The question could not be answered. Retry later',
  SHUTTING_DOWN: 'The server is shutting down. Retry later',
  DATABASE_BUSY: 'Too many writes are waiting for the database. Retry later',
  DATABASE_UNAVAILABLE: 'The database cannot be read or written',
  AUDIT_UNAVAILABLE: 'The audit trail cannot be written, and this change requires an audit record',
  ANALYSIS_FAILED: 'The analysis could not be made. The log of the server has the reason',
  MONITORING_OFF: 'The server does not watch itself: WATCH, or metrics.enabled in monitoring.yaml',
  MONITORING_UNAVAILABLE: 'The monitoring thread does not answer. Retry later',
  TELEMETRY_OFF: 'Telemetry is disabled in this process',
  DIAGNOSTIC_ERROR: 'Internal server error',
  INTERNAL_ERROR: 'Internal server error',
  CONFIGURATION_INVALID: 'The configuration is not valid',
  DATA_DIR_IN_USE: 'Another server uses this DATA_DIR',
  AUDIT_TRAIL_MISMATCH: 'LOG_DIR and DATA_DIR belong to different audit trails',
  DATABASE_TOO_NEW: 'The database was written by a newer version. Upgrade this server',
  RULE_NOT_FOUND: 'No alert rule has this id',
  KEY_NOT_FOUND: 'No key has this id. pellucid keys list shows them',
  KEY_UNUSABLE: 'This key cannot be used for that',
  COLLECTION_UNREADABLE: 'The collection cannot be read',
} as const

export type ErrorCode = keyof typeof ERROR_TEXTS

export interface ErrorDetails {
  /** Replaces the text of the code. Callers see it unless the status is 5xx. */
  readonly message?: string
  /** Facts for the log. Callers never see them. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Seconds to wait before a retry: the `Retry-After` header. */
  readonly retryAfterS?: number
  readonly cause?: unknown
}

/** The only error that the domain throws on purpose: a code of the catalogue with facts. */
export class ChatError extends Error {
  readonly code: ErrorCode
  readonly facts: Readonly<Record<string, unknown>>
  readonly retryAfterS: number | undefined

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? ERROR_TEXTS[code], details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'ChatError'
    this.code = code
    this.facts = details.facts ?? {}
    this.retryAfterS = details.retryAfterS
  }
}

/** The message of a thrown value, which may be anything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * The code of an error of the system or of Node, such as `ENOENT`; undefined for any other value.
 */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
