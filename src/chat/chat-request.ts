import type { Pseudonymizer } from '../access/pseudonym.ts'
import type { LogContext } from '../logging/record/log-context.ts'
import type { TurnContext, UserMessage } from './chat.ts'
import { bindKey } from './idempotency-key.ts'

/** A message with the ids that the client sent. */
export interface ChatRequest {
  readonly message: string
  readonly sessionId?: string
  /** A conversation in another system, instead of a session. Unique in the application. */
  readonly conversation?: string
  /** The operator's id of the user. It is stored and logged as a pseudonym only. */
  readonly userId?: string
}

/** The origin of a request. */
export interface RequestOrigin {
  readonly requestId: string
  readonly traceId: string
  /** The request's span; undefined if it is not traced. */
  readonly spanId?: string
  /** Network address of the client. Identifies a caller without application and `userId`. */
  readonly address: string
  /** The application of the caller's key. */
  readonly application?: string
  /** The client that a new session counts for. */
  readonly client?: string
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
  readonly pseudonym: Pseudonymizer
}

/** Replaces the ids that a client sent by those that the service stores and logs. */
export function identify(request: ChatRequest, origin: RequestOrigin, { turnId, pseudonym }: IdentifyOptions): IdentifiedRequest {
  const { message, sessionId, conversation, userId } = request
  const { requestId, traceId, spanId, application, client } = origin
  const user = userId === undefined ? undefined : pseudonym(userId, application)
  const session = sessionId === undefined ? undefined : pseudonym.session(sessionId)
  // With the user: two users never share a session.
  const hash =
    conversation === undefined
      ? undefined
      : pseudonym(JSON.stringify(['conversation', conversation, userId ?? null]), application)
  return {
    userMessage: { message, sessionId, owner: { application, user, client, conversation: hash } },
    context: { turnId, requestId, traceId, spanId, idempotency: bindKey(request, origin, pseudonym) },
    logIds: { turn_id: turnId, session_id: session, user_id: user },
  }
}
