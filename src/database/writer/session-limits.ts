import { ChatError } from '../../errors.ts'
import type { Opener, Session, SessionLimits } from '../../sessions/session.ts'
import { type SessionRow, toSession } from '../sessions/session-rows.ts'
import { countOpenSessions } from '../sessions/session-state.ts'
import type { Sql } from '../sql.ts'

/** Retry hint in seconds. The time at which the next session closes is unknown. */
const LIMIT_RETRY_S = 60

/**
 * Makes room for a new session: closes sessions above the limits of its user and its client, and
 * one more if the server is full. Returns them.
 * @throws {ChatError} SESSION_LIMIT_REACHED if the server has `maxSessions` open sessions, and none
 * of them makes room.
 */
export function makeRoom(
  sql: Sql,
  opened: Session & Opener,
  { maxSessions, maxPerUser, maxPerClient }: SessionLimits,
): Session[] {
  const { user, client, reserved, createdAt: now } = opened
  const evicted = user === undefined ? [] : evictIdleSessions(sql, user, now, maxPerUser)
  if (reserved && client !== undefined) evicted.push(...evictReserved(sql, client, now, maxPerClient))
  if (countOpenSessions(sql, now) < maxSessions) return evicted
  const spare = reserved
    ? findReserved(sql, now, client)
    : (findReserved(sql, now) ?? findIdleOfLargestClient(sql, now, maxPerClient))
  if (spare === undefined)
    throw new ChatError('SESSION_LIMIT_REACHED', { facts: { max_sessions: maxSessions }, retryAfterS: LIMIT_RETRY_S })
  return [...evicted, ...markExpired(sql, [spare], now)]
}

/** Closes sessions as expired and returns them. */
export function markExpired(sql: Sql, rows: readonly SessionRow[], now: number): Session[] {
  for (const { id } of rows)
    sql.run`UPDATE sessions SET state = 'expired', closed_at = ${now}, client = NULL, conversation = NULL WHERE id = ${id}`
  return rows.map(toSession)
}

function evictIdleSessions(sql: Sql, user: string, now: number, maxPerUser: number): Session[] {
  const surplus = sql.all<SessionRow>`SELECT * FROM sessions WHERE user = ${user} AND state = 'open' AND expires_at > ${now}
    ORDER BY last_active_at DESC, created_at DESC LIMIT -1 OFFSET ${maxPerUser - 1}`
  return markExpired(sql, surplus, now)
}

function evictReserved(sql: Sql, client: string, now: number, maxPerClient: number): Session[] {
  const surplus = sql.all<SessionRow>`SELECT * FROM sessions
    WHERE client = ${client} AND state = 'open' AND reserved = 1 AND turn_count = 0 AND expires_at > ${now}
    ORDER BY created_at DESC LIMIT -1 OFFSET ${maxPerClient - 1}`
  return markExpired(sql, surplus, now)
}

/** The oldest session without a message, of a client or of all. */
function findReserved(sql: Sql, now: number, client?: string): SessionRow | undefined {
  return client === undefined
    ? sql.get<SessionRow>`SELECT * FROM sessions
        WHERE state = 'open' AND reserved = 1 AND turn_count = 0 AND expires_at > ${now} ORDER BY created_at LIMIT 1`
    : sql.get<SessionRow>`SELECT * FROM sessions
        WHERE client = ${client} AND state = 'open' AND reserved = 1 AND turn_count = 0 AND expires_at > ${now}
        ORDER BY created_at LIMIT 1`
}

/**
 * The longest idle session of the client with most open sessions, if those are more than the limit
 * of a client: no client can keep others out. Cost: linear in the open sessions.
 */
function findIdleOfLargestClient(sql: Sql, now: number, maxPerClient: number): SessionRow | undefined {
  const largest = sql.get<{ client: string | null; open: number }>`SELECT client, count(*) AS open FROM sessions
    WHERE state = 'open' GROUP BY client ORDER BY open DESC LIMIT 1`
  if (largest === undefined || largest.open <= maxPerClient) return undefined
  // The plus makes SQLite read in the order of expiry: most of the sessions are of this client.
  return sql.get<SessionRow>`SELECT * FROM sessions
    WHERE state = 'open' AND expires_at > ${now} AND +client IS ${largest.client ?? undefined} ORDER BY expires_at LIMIT 1`
}
