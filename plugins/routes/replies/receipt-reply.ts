import type { Static } from '../../../src/base/json-schema.ts'
import type { Receipt } from '../../../src/chat/turn.ts'
import type { ReceiptSchema } from '../schemas/schemas.ts'

/**
 * The body of a reply with a receipt. Its fields are listed, because converting the names of all
 * its objects takes more than ten times as long.
 */
export function toReceiptReply({ sources, suggestions, ...receipt }: Receipt): Static<typeof ReceiptSchema> {
  return {
    response: receipt.response,
    response_text: receipt.responseText,
    session_id: receipt.sessionId,
    turn_id: receipt.turnId,
    trace_id: receipt.traceId,
    kind: receipt.kind,
    confidence: receipt.confidence,
    sources: sources.map(({ origin: _, highlights, ...source }) => ({ ...source, highlights: highlights?.slice() })),
    suggestions: [...suggestions],
    timings_ms: receipt.timingsMs,
  }
}
