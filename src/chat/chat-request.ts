import type { LogContext } from '../logging/record/log-context.ts'
import type { TurnContext, UserMessage } from './chat.ts'
import { bindKey } from './idempotency-key.ts'

/** A message with the ids that the client sent. */
export interface ChatRequest {
  readonly message: string
  readonly sessionId?: string
  /** The operator's id of the user. It is stored and logged as a pseudonym only. */
  readonly userId?: string
}

/** The origin of a request. */
export interface RequestOrigin {
  readonly requestId: string
  readonly traceId: string
  /** The request's span; undefined if it is not traced. */
  readonly spanId?: string
  /** Network address of the client. Identifies a caller without a `userId`. */
  readonly address: string
  readonly idempotencyKey?: string
}

/** A request whose user and key are replaced by hashes. */
export interface IdentifiedRequest {
  readonly userMessage: UserMessage
  readonly context: TurnContext
  /** The ids for the log lines of the request. */
  readonly logIds: LogContext
}

export interface IdentifyOptions {
  /** Id of the new turn. */
  readonly turnId: string
  readonly pseudonym: (identity: string) => string
  /**
   * Whether a text has the form of a session id. Another text may be anything, so it is not logged.
   */
  readonly isSessionId: (text: string) => boolean
}

/** Replaces the ids that a client sent by those that the service stores and logs. */
export function identify(
  request: ChatRequest,
  origin: RequestOrigin,
  { turnId, pseudonym, isSessionId }: IdentifyOptions,
): IdentifiedRequest {
  const { message, sessionId, userId } = request
  const { requestId, traceId, spanId } = origin
  const user = userId === undefined ? undefined : pseudonym(userId)
  const isKnown = sessionId !== undefined && isSessionId(sessionId)
  return {
    userMessage: { message, sessionId, user },
    context: { turnId, requestId, traceId, spanId, idempotency: bindKey(request, origin, pseudonym) },
    logIds: { turn_id: turnId, session_id: isKnown ? sessionId : undefined, user_id: user },
  }
}
