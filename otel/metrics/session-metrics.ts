import { type ClosingReason, observe, observeAll, recordSessionClosed } from '../recording.ts'

/** A closed session. Times are milliseconds since 1970. */
interface ClosedSession {
  readonly createdAt: number
  readonly lastActiveAt: number
  readonly turnCount: number
}

/** Observes the number of open sessions and its limit. Returns a function that stops it. */
export function observeSessions(countActive: () => Promise<number>, limit: number): () => void {
  return observeAll([observe('chatbot_active_sessions', countActive), observe('chatbot_sessions_limit', () => limit)])
}

/** Counts a closed session with the time from its opening to its last turn. */
export function recordClosed(reason: ClosingReason, { createdAt, lastActiveAt, turnCount }: ClosedSession): void {
  // The clock may have been set back since the session was opened.
  recordSessionClosed(reason, Math.max(0, lastActiveAt - createdAt), turnCount)
}
