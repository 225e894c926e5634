import { ChatError } from '../../errors.ts'
import type { Session, SessionLimits } from '../../sessions/session.ts'
import { type SessionRow, toSession } from '../sessions/session-rows.ts'
import { countOpenSessions } from '../sessions/session-state.ts'
import type { Sql } from '../sql.ts'

/** Retry hint in seconds. The time at which the next session closes is unknown. */
const LIMIT_RETRY_S = 60

/**
 * Makes room for a new session: closes the longest idle sessions of its user above the limit per
 * user, and returns them.
 * @throws {ChatError} SESSION_LIMIT_REACHED if the server already has `maxSessions` open sessions.
 */
export function enforceSessionLimits(sql: Sql, session: Session, { maxSessions, maxPerUser }: SessionLimits): Session[] {
  const evicted = session.user === undefined ? [] : evictIdleSessions(sql, session.user, session.createdAt, maxPerUser)
  if (countOpenSessions(sql, session.createdAt) >= maxSessions) {
    throw new ChatError('SESSION_LIMIT_REACHED', { facts: { max_sessions: maxSessions }, retryAfterS: LIMIT_RETRY_S })
  }
  return evicted
}

/** Closes sessions as expired and returns them. */
export function markExpired(sql: Sql, rows: readonly SessionRow[], now: number): Session[] {
  for (const { id } of rows) sql.run`UPDATE sessions SET state = 'expired', closed_at = ${now} WHERE id = ${id}`
  return rows.map(toSession)
}

function evictIdleSessions(sql: Sql, user: string, now: number, maxPerUser: number): Session[] {
  const surplus = sql.all<SessionRow>`SELECT * FROM sessions WHERE user = ${user} AND state = 'open' AND expires_at > ${now}
    ORDER BY last_active_at DESC, created_at DESC LIMIT -1 OFFSET ${maxPerUser - 1}`
  return markExpired(sql, surplus, now)
}
