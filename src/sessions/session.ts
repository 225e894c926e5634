/** A conversation of one user, or of nobody in particular. Times are milliseconds since 1970. */
export interface Session {
  /** 128 random bits or more, made here; whoever knows it owns the session. */
  readonly id: string
  /** Pseudonym of the user it belongs to; undefined: nobody's, limited by the total alone. */
  readonly user?: string
  readonly createdAt: number
  readonly lastActiveAt: number
  /** When it closes by itself if nothing more is said: `lastActiveAt` + the idle timeout. */
  readonly expiresAt: number
  /** Turns with a `seq` up to this one are no context any more (`/clear`). */
  readonly contextFrom: number
  /** Whether answers carry their workings (`/verbose on`). */
  readonly verbose: boolean
  readonly turnCount: number
}

/** `open`; `expired`: idle too long or pushed out by a newer one of its user; `deleted`: closed by its owner. */
export type SessionState = 'open' | 'expired' | 'deleted'

export interface StoredSession extends Session {
  readonly state: SessionState
}

export interface SessionLimits {
  /** Open sessions in all. */
  readonly maxSessions: number
  /** Open sessions of one user. */
  readonly maxPerUser: number
}

/** What a command may change of a session; what is left out stays. */
export interface SessionChange {
  readonly contextFrom?: number
  readonly verbose?: boolean
}

/** Where sessions are kept. The sessions folder owns this port; the database folder fills it. */
export interface SessionStore {
  /**
   * Adds an open session in one transaction with the limits' check: sessions past `expiresAt` do not count, the user's longest idle ones
   * are marked expired until there is room, and where there are too many in all it throws `SESSION_LIMIT_REACHED`.
   * Resolves to the sessions that were pushed out.
   */
  open(session: Session, limits: SessionLimits): Promise<readonly Session[]>
  find(id: string): Promise<StoredSession | undefined>
  /** Writes what a command or an explicit call changes. Activity is written by the turn's own transaction. */
  update(id: string, change: SessionChange): Promise<void>
  /** Marks a session, open or expired, deleted and erases the content of its turns; resolves to what it was before, undefined where it was not there. */
  delete(id: string, now: number): Promise<StoredSession | undefined>
  /** Marks sessions whose `expiresAt` has passed as expired, at most `limit`, and resolves to them. */
  expire(now: number, limit: number): Promise<readonly Session[]>
  /** Sessions that are open and not past `expiresAt`. */
  countOpen(now: number): Promise<number>
}
