/**
 * Every error that a caller or an operator can meet, by its code. A code is never reused for something else.
 * The text is what the caller reads where the thrower gives none; the status of each is the HTTP plugins' affair.
 */
export const ERROR_TEXTS = {
  VALIDATION_ERROR: 'The request is not what this route takes',
  SESSION_NOT_FOUND: 'No session has this id',
  SESSION_EXPIRED: 'This session was idle too long, or made room for a newer one, and is closed',
  SESSION_BUSY: 'Too many messages wait in this session',
  SESSION_LIMIT_REACHED: 'The server holds as many sessions as it may',
  IDEMPOTENCY_KEY_REUSED: 'This Idempotency-Key came before with another body',
  IDEMPOTENCY_KEY_IN_USE: 'The first request with this Idempotency-Key is still being answered',
  TURN_NOT_FOUND: 'No turn has this id',
  DOCUMENT_NOT_FOUND: 'No document has this id',
  DOCUMENT_UNREADABLE: 'The document cannot be read in the format given',
  ACCESS_DENIED: 'This route answers callers on the machine of the server only',
  ROUTE_NOT_FOUND: 'Nothing is served at this path',
  METHOD_NOT_ALLOWED: 'This path does not take this method',
  PAYLOAD_TOO_LARGE: 'The request body is larger than this route takes',
  UNSUPPORTED_MEDIA_TYPE: 'The request body is of a type that this route does not take',
  URI_TOO_LONG: 'The path, or a part of it, is too long',
  HEADERS_TOO_LARGE: 'The request headers are too large',
  REQUEST_TIMEOUT: 'The request did not arrive in time',
  MALFORMED_REQUEST: 'The request is not well-formed HTTP',
  OVERLOADED: 'The server has more work than it can take on',
  SHUTTING_DOWN: 'The server is stopping',
  DATABASE_BUSY: 'Too many writes wait for the database',
  DATABASE_UNAVAILABLE: 'The database cannot be written',
  AUDIT_UNAVAILABLE: 'The audit trail cannot be written, and this must not happen unrecorded',
  TELEMETRY_OFF: 'Telemetry is switched off in this process',
  DIAGNOSTIC_ERROR: 'Internal server error',
  INTERNAL_ERROR: 'Internal server error',
  CONFIGURATION_INVALID: 'The configuration is wrong',
  DATA_DIR_IN_USE: 'Another server uses this DATA_DIR',
  DATABASE_TOO_NEW: 'The database was written by a newer version',
  COLLECTION_UNREADABLE: 'The collection cannot be read',
} as const

export type ErrorCode = keyof typeof ERROR_TEXTS

export interface ErrorDetails {
  /** What the caller reads instead of the code's own text. Never contains internals. */
  readonly message?: string
  /** What the operator reads beside the code in the log. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterS?: number
  readonly cause?: unknown
}

/** The one error that the domain throws on purpose: a code of the catalogue, and the facts of the case. */
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

/** The code of an error of the system or of Node, such as `ENOENT`; undefined for any other value. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
