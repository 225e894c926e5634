import type { Verdict } from '../../../src/base/verdict.ts'
import type { Feedback, Turn } from '../../../src/chat/turn.ts'
import type { Session } from '../../../src/sessions/session.ts'

/**
 * The session in a reply.
 * @param toWall Converts the times of a session to those of the system's clock.
 */
export function describeSession(
  { id, createdAt, lastActiveAt, expiresAt, turnCount }: Session,
  toWall: (steadyMs: number) => number,
) {
  return {
    sessionId: id,
    createdAt: toInstant(toWall(createdAt)),
    lastActiveAt: toInstant(toWall(lastActiveAt)),
    expiresAt: toInstant(toWall(expiresAt)),
    turnCount,
  }
}

/** The turn in a page of turns. */
export function describeTurn({ receipt, seq, message, createdAt, feedback }: Turn) {
  const { turnId, response, kind, confidence, traceId } = receipt
  const turn = { turnId, seq, message, response, kind, confidence, traceId, createdAt: toInstant(createdAt) }
  return { ...turn, ...describeFeedback(feedback) }
}

/** The field with a turn's feedback; none if it has none. */
export function describeFeedback(feedback: Feedback | undefined) {
  return feedback && { feedback: { verdict: verdictOf(feedback), ...feedback, createdAt: toInstant(feedback.createdAt) } }
}

/** The verdict of a judgement. */
export function verdictOf({ correct }: Pick<Feedback, 'correct'>): Verdict {
  return correct ? 'good' : 'bad'
}

function toInstant(ms: number): string {
  return new Date(ms).toISOString()
}
