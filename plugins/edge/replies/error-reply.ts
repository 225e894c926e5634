import { STATUS_CODES } from 'node:http'
import type { FastifyError } from 'fastify'
import { ChatError, ERROR_TEXTS, type ErrorCode } from '../../../src/errors.ts'
import { explainValidation, type ValidationProblem } from './validation-message.ts'

/** The body of every error reply. */
export interface ErrorReply {
  readonly statusCode: number
  readonly code: ErrorCode
  /** Reason phrase of the status. */
  readonly error: string
  readonly message: string
  readonly request_id: string
  /** Absent if the request is not traced. */
  readonly trace_id?: string
}

/** The trace id in the receipt of a turn that is not traced. */
export const NO_TRACE = '0'.repeat(32)

export interface RequestIds {
  readonly requestId: string
  readonly traceId?: string | undefined
}

/** The HTTP status of each code. */
export const ERROR_STATUSES: Readonly<Record<ErrorCode, number>> = {
  VALIDATION_ERROR: 400,
  SESSION_NOT_FOUND: 404,
  SESSION_EXPIRED: 410,
  SESSION_BUSY: 429,
  SESSION_LIMIT_REACHED: 503,
  IDEMPOTENCY_KEY_REUSED: 422,
  IDEMPOTENCY_KEY_IN_USE: 409,
  TURN_NOT_FOUND: 404,
  DOCUMENT_NOT_FOUND: 404,
  DOCUMENT_UNREADABLE: 422,
  UNAUTHENTICATED: 401,
  SIGNATURE_INVALID: 401,
  ACCESS_DENIED: 403,
  HOST_NOT_ALLOWED: 421,
  ORIGIN_NOT_ALLOWED: 403,
  RATE_LIMITED: 429,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  URI_TOO_LONG: 414,
  HEADERS_TOO_LARGE: 431,
  REQUEST_TIMEOUT: 408,
  MALFORMED_REQUEST: 400,
  EXPECTATION_FAILED: 417,
  TOO_MANY_PIPELINED: 429,
  OVERLOADED: 503,
  INDEX_INCOMPLETE: 503,
  ANSWER_FAILED: 503,
  SHUTTING_DOWN: 503,
  DATABASE_BUSY: 503,
  DATABASE_UNAVAILABLE: 503,
  AUDIT_UNAVAILABLE: 503,
  ANALYSIS_FAILED: 500,
  MONITORING_OFF: 404,
  MONITORING_UNAVAILABLE: 503,
  TELEMETRY_OFF: 404,
  DIAGNOSTIC_ERROR: 500,
  INTERNAL_ERROR: 500,
  CONFIGURATION_INVALID: 500,
  DATA_DIR_IN_USE: 500,
  AUDIT_TRAIL_MISMATCH: 500,
  DATABASE_TOO_NEW: 500,
  RULE_NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  KEY_UNUSABLE: 409,
  COLLECTION_UNREADABLE: 500,
}

/** Codes of Fastify's errors and the code that each becomes. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_NOT_FOUND: 'ROUTE_NOT_FOUND',
  FST_ERR_BAD_URL: 'MALFORMED_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'URI_TOO_LONG',
}

/** Codes of other errors of Fastify and its plugins, by status. */
const CODES_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'VALIDATION_ERROR',
  401: 'UNAUTHENTICATED',
  403: 'ACCESS_DENIED',
  404: 'ROUTE_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  417: 'EXPECTATION_FAILED',
  429: 'RATE_LIMITED',
  431: 'HEADERS_TOO_LARGE',
  503: 'OVERLOADED',
}

/** Converts any thrown value to an error of the catalogue, with the value as its cause. */
export function toChatError(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown
  const error = thrown as Partial<FastifyError> & { validation?: readonly ValidationProblem[]; validationContext?: string }
  if (error?.validation !== undefined) {
    return new ChatError('VALIDATION_ERROR', {
      message: explainValidation(error.validation, error.validationContext ?? 'request'),
    })
  }
  const status = error?.statusCode ?? 500
  const code =
    FASTIFY_CODES[error?.code ?? ''] ??
    CODES_BY_STATUS[status] ??
    (status >= 400 && status < 500 ? 'MALFORMED_REQUEST' : 'INTERNAL_ERROR')
  // A body that is not JSON, or is empty. The message contains a position and no internals.
  const message = code === 'VALIDATION_ERROR' ? error.message : undefined
  return new ChatError(code, { ...(message !== undefined && { message }), cause: thrown })
}

/** Creates the reply to an error. A 5xx has the text of its code, which contains no internals. */
export function toErrorReply(error: ChatError, { requestId, traceId }: RequestIds): ErrorReply {
  const statusCode = ERROR_STATUSES[error.code]
  return {
    statusCode,
    code: error.code,
    error: error.code === 'DIAGNOSTIC_ERROR' ? 'Something went wrong' : (STATUS_CODES[statusCode] ?? 'Error'),
    message: statusCode >= 500 ? ERROR_TEXTS[error.code] : error.message,
    request_id: requestId,
    ...(traceId !== undefined && { trace_id: traceId }),
  }
}

/** Whether an error is the server's fault: it is logged at ERROR and marks its span as failed. */
export function isServerFault(error: unknown): boolean {
  return ERROR_STATUSES[toChatError(error).code] >= 500
}

/** The cause of an internal error; any other error itself. */
export function unwrapInternalError(error: unknown): unknown {
  return error instanceof ChatError && error.code === 'INTERNAL_ERROR' && error.cause !== undefined ? error.cause : error
}
