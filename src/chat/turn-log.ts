import type { Log } from '../logging/log.ts'
import { type ReplyText, wholeText } from '../reply-text.ts'
import { roundMs } from '../round-ms.ts'
import type { Answered } from './idempotency.ts'

/** The log lines of one message. */
export interface TurnLog {
  /** Logs the message. Calls after the first do nothing. */
  received(): void
  /** Logs the reply, and the message if that has not happened yet. */
  sent(answered: Answered): void
}

/** Creates the log of one message. @param content Returns the part of a text that the log may hold. */
export function createTurnLog(log: Log, content: (text: ReplyText) => string | undefined, message: string): TurnLog {
  let isReceived = false

  function received(): void {
    if (isReceived) return
    isReceived = true
    log.info({ message_chars: message.length, message_text: content(wholeText(message)) }, 'User message received')
  }

  return {
    received,
    sent({ receipt, reply, replayed, storeMs }) {
      received()
      const { kind, confidence, sources, response, timingsMs } = receipt
      log.info(
        {
          kind,
          confidence,
          source_count: sources.length,
          response_chars: response.length,
          response_text: content(reply),
          replayed,
          took_ms: timingsMs.total,
          store_took_ms: storeMs === undefined ? undefined : roundMs(storeMs),
        },
        'Bot response sent',
      )
    },
  }
}
