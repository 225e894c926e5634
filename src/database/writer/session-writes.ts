import type { Opener, Session, SessionChange, SessionLimits, StoredSession } from '../../sessions/session.ts'
import { type SessionRow, toStoredSession } from '../sessions/session-rows.ts'
import { refuseClosedSession } from '../sessions/session-state.ts'
import type { Sql } from '../sql.ts'
import { makeRoom, markExpired } from './session-limits.ts'
import { eraseTurns } from './turn-writes.ts'

interface OpenSession extends Pick<Opener, 'client' | 'reserved' | 'conversation'> {
  readonly session: Session
  readonly limits: SessionLimits
}

/** Writes of the session store. Each runs in the writer thread in its own savepoint. */
export const SESSION_WRITES = {
  openSession(sql: Sql, { session, limits, client, conversation, reserved = false }: OpenSession): Session[] {
    const evicted = makeRoom(sql, { ...session, client, reserved }, limits)
    sql.run`INSERT INTO sessions
        (id, client, reserved, conversation, application, user, state, created_at, last_active_at, expires_at, context_from, turn_count)
      VALUES (${session.id}, ${client}, ${reserved}, ${conversation}, ${session.application}, ${session.user}, 'open', ${session.createdAt}, ${session.lastActiveAt}, ${session.expiresAt},
              ${session.contextFrom}, ${session.turnCount})`
    return evicted
  },

  updateSession(sql: Sql, { id, change }: { readonly id: string; readonly change: SessionChange }): void {
    const changed = sql.run`UPDATE sessions
      SET context_from = coalesce(${change.contextFrom}, context_from)
      WHERE id = ${id} AND state = 'open'`
    if (changed === 0) refuseClosedSession(sql, id)
  },

  deleteSession(sql: Sql, { id, now }: { readonly id: string; readonly now: number }): StoredSession | undefined {
    const session = sql.get<SessionRow>`SELECT * FROM sessions WHERE id = ${id} AND state <> 'deleted'`
    if (session === undefined) return undefined
    sql.run`UPDATE sessions SET state = 'deleted', closed_at = ${now}, client = NULL, conversation = NULL WHERE id = ${id}`
    eraseTurns(sql, id)
    return toStoredSession(session)
  },

  expireSessions(sql: Sql, { now, limit }: { readonly now: number; readonly limit: number }): Session[] {
    const due = sql.all<SessionRow>`SELECT * FROM sessions WHERE state = 'open' AND expires_at <= ${now} ORDER BY expires_at LIMIT ${limit}`
    return markExpired(sql, due, now)
  },
}
