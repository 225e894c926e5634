import { roundMs } from '../base/round-ms.ts'
import type { Log } from '../logging/log.ts'
import type { LogContext } from '../logging/record/log-context.ts'
import { type ReplyText, wholeText } from '../reply-text.ts'
import type { Session } from '../sessions/session.ts'
import type { Answered } from './idempotency.ts'

/** The log lines of one message. */
export interface TurnLog {
  /**
   * Logs the message, with the ids of its session if that is open. Calls after the first do
   * nothing.
   */
  received(session?: Session): void
  /** Logs the reply, and the message if that has not happened yet. */
  sent(answered: Answered): void
}

export interface TurnLogSteps {
  readonly log: Log
  /** Returns the part of a text that the log may hold. */
  readonly content: (text: ReplyText) => string | undefined
  /** Returns the pseudonym of a session id. */
  readonly nameSession: (id: string) => string
  /** Adds ids to all log lines of the request. */
  readonly addIds: (ids: LogContext) => void
}

/** Creates the log of one message. */
export function createTurnLog(message: string, { log, content, nameSession, addIds }: TurnLogSteps): TurnLog {
  let isReceived = false

  function received(session?: Session): void {
    if (isReceived) return
    isReceived = true
    if (session !== undefined)
      addIds({ session_id: nameSession(session.id), ...(session.user !== undefined && { user_id: session.user }) })
    log.info({ message_chars: message.length, message_text: content(wholeText(message)) }, 'User message received')
  }

  return {
    received,
    sent({ receipt, reply, replayed, first, storeMs }) {
      const { turnId, sessionId, kind, confidence, sources, response, timingsMs } = receipt
      // A replayed receipt is that of an earlier turn.
      addIds({ turn_id: turnId, session_id: nameSession(sessionId) })
      received()
      log.info(
        {
          kind,
          confidence,
          source_count: sources.length,
          response_chars: response.length,
          response_text: content(reply),
          replayed,
          first_trace_id: first?.traceId,
          took_ms: timingsMs.total,
          store_took_ms: storeMs === undefined ? undefined : roundMs(storeMs),
        },
        'Bot response sent',
      )
    },
  }
}
