import type { Turn } from '../../src/chat/turn.ts'
import type { Session } from '../../src/sessions/session.ts'

/** The session in a reply. */
export function describeSession({ id, createdAt, lastActiveAt, expiresAt, turnCount, verbose }: Session) {
  return {
    sessionId: id,
    createdAt: toInstant(createdAt),
    lastActiveAt: toInstant(lastActiveAt),
    expiresAt: toInstant(expiresAt),
    turnCount,
    verbose,
  }
}

/** The turn in a page of turns. */
export function describeTurn({ receipt: { turnId, response, kind, confidence, traceId }, seq, message, createdAt }: Turn) {
  return { turnId, seq, message, response, kind, confidence, traceId, createdAt: toInstant(createdAt) }
}

function toInstant(ms: number): string {
  return new Date(ms).toISOString()
}
