import type { Session, SessionState, StoredSession } from '../../sessions/session.ts'

/** A row of the table `sessions`. */
export interface SessionRow {
  readonly id: string
  readonly application: string | null
  readonly user: string | null
  readonly state: SessionState
  readonly created_at: number
  readonly last_active_at: number
  readonly expires_at: number
  readonly context_from: number
  readonly turn_count: number
}

/** Converts a row to a session without its state. */
export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    ...(row.application !== null && { application: row.application }),
    ...(row.user !== null && { user: row.user }),
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    expiresAt: row.expires_at,
    contextFrom: row.context_from,
    turnCount: row.turn_count,
  }
}

/** Converts a row to a session with its state. */
export function toStoredSession(row: SessionRow): StoredSession {
  return { ...toSession(row), state: row.state }
}
