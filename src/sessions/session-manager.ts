import { ChatError } from '../errors.ts'
import type { Session, SessionChange, SessionLimits, SessionStore, StoredSession } from './session.ts'

export interface SessionManagerOptions {
  readonly store: SessionStore
  readonly limits: SessionLimits
  /** Time without a turn after which a session expires. */
  readonly idleTimeoutMs: number
  /** Milliseconds since 1970, by a clock that only moves forward. */
  readonly now: () => number
  /** Cryptographically secure, because an id gives access to its session. */
  readonly randomBytes: (count: number) => Uint8Array
}

/** A new session, and the sessions of the same user that were evicted for it. */
export interface OpenedSession {
  readonly session: Session
  readonly evicted: readonly Session[]
}

/**
 * Opens, resumes and closes sessions, and checks idle timeout and ownership. The store enforces the
 * session limits. Users are pseudonyms. An id is a capability: it gives access to the session,
 * unless the caller names another user.
 */
export interface SessionManager {
  /**
   * Opens a session with a generated id. Ids chosen by clients are never used.
   * @throws {ChatError} SESSION_LIMIT_REACHED if too many sessions are open.
   */
  open(owner?: { readonly user?: string }): Promise<OpenedSession>
  /**
   * Returns the open session with this id.
   * @throws {ChatError} SESSION_NOT_FOUND if it is unknown, deleted or another user's. Callers
   * cannot distinguish the three. SESSION_EXPIRED if it was evicted or idle for too long, even
   * before the cleanup has marked it.
   */
  resume(id: string, user?: string): Promise<Session>
  update(id: string, change: SessionChange): Promise<void>
  /**
   * Deletes an open or expired session and erases the content of its turns. Resolves to the session
   * before that, and whether the content is still in a file.
   * @throws {ChatError} SESSION_NOT_FOUND as `resume`.
   */
  delete(id: string, user?: string): Promise<StoredSession & { readonly pending: boolean }>
  /** Marks all sessions past `expiresAt` expired, in batches of 500, and resolves to them. */
  expire(): Promise<readonly Session[]>
  /** Counts sessions that are open and not past `expiresAt`. */
  countActive(): Promise<number>
  /** When a session that was last active at this time expires. Both are milliseconds since 1970. */
  expiresAt(lastActiveAt: number): number
}

/** 144 bits: more than the 128 needed against guessing, and exactly 24 characters of base64url. */
const ID_BYTES = 18
/** Generated ids: 18 bytes in base64url. */
const ID_FORM = /^[\w-]{24}$/

/**
 * Whether a text has the form of a generated id. Any other text cannot be the id of a session, and
 * may contain anything.
 */
export function isSessionId(text: string): boolean {
  return ID_FORM.test(text)
}

/** Keeps the transactions of a cleanup short: turns are written between them. */
const EXPIRE_BATCH = 500

/**
 * Creates a session manager on a store. It keeps no sessions itself: the store has those used last
 * in memory (`src/database/sessions/session-cache.ts`).
 */
export function createSessionManager({ store, limits, idleTimeoutMs, now, randomBytes }: SessionManagerOptions): SessionManager {
  const expiresAt = (lastActiveAt: number) => lastActiveAt + idleTimeoutMs

  async function findFor(id: string, user: string | undefined) {
    const session = await store.find(id)
    if (session === undefined || session.state === 'deleted' || isForeign(session, user)) throw new ChatError('SESSION_NOT_FOUND')
    return session
  }

  return {
    expiresAt,

    async open({ user } = {}) {
      const openedAt = now()
      const session: Session = {
        id: Buffer.from(randomBytes(ID_BYTES)).toString('base64url'),
        user,
        createdAt: openedAt,
        lastActiveAt: openedAt,
        expiresAt: expiresAt(openedAt),
        contextFrom: 0,
        verbose: false,
        turnCount: 0,
      }
      return { session, evicted: await store.open(session, limits) }
    },

    async resume(id, user) {
      const { state, ...session } = await findFor(id, user)
      if (state === 'expired' || session.expiresAt <= now()) throw new ChatError('SESSION_EXPIRED')
      return session
    },

    update: (id, change) => store.update(id, change),

    async delete(id, user) {
      await findFor(id, user)
      const deleted = await store.delete(id, now())
      if (deleted === undefined) throw new ChatError('SESSION_NOT_FOUND')
      return { ...deleted, pending: !(await store.isErased()) }
    },

    async expire() {
      const until = now()
      const closed: Session[] = []
      for (;;) {
        const batch = await store.expire(until, EXPIRE_BATCH)
        closed.push(...batch)
        if (batch.length < EXPIRE_BATCH) return closed
      }
    },

    countActive: () => store.countOpen(now()),
  }
}

function isForeign(session: Session, user: string | undefined): boolean {
  return session.user !== undefined && user !== undefined && session.user !== user
}
