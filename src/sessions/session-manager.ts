import { ChatError } from '../errors.ts'
import type { Session, SessionChange, SessionLimits, SessionStore, StoredSession } from './session.ts'

export interface SessionManagerOptions {
  readonly store: SessionStore
  readonly limits: SessionLimits
  /** Silence after which a session closes by itself, in milliseconds. */
  readonly idleTimeoutMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A cryptographic source: who can guess an id owns the session. */
  readonly randomBytes: (count: number) => Uint8Array
}

/** A session just opened, and those of the same user that had to make room for it. */
export interface OpenedSession {
  readonly session: Session
  readonly evicted: readonly Session[]
}

/**
 * Opens, resumes and closes sessions by the rules of time, number and ownership. Users arrive as pseudonyms.
 * An id is a capability: whoever knows it may go on with the session, unless they say that they are somebody else.
 */
export interface SessionManager {
  /**
   * Opens a session under an id made here; one proposed by a client is never adopted.
   * @throws {ChatError} SESSION_LIMIT_REACHED where there are too many in all.
   */
  open(owner?: { readonly user?: string }): Promise<OpenedSession>
  /**
   * The open session with this id.
   * @throws {ChatError} SESSION_NOT_FOUND where it is unknown, deleted or another user's, which look alike on purpose; SESSION_EXPIRED
   * where it was closed or has been idle too long, whether or not it has been cleaned up yet.
   */
  resume(id: string, user?: string): Promise<Session>
  update(id: string, change: SessionChange): Promise<void>
  /**
   * Closes a session for good and erases what was said in it. Having expired is no reason to refuse that. Resolves to the session as it was.
   * @throws {ChatError} SESSION_NOT_FOUND as `resume`.
   */
  delete(id: string, user?: string): Promise<StoredSession>
  /** Closes every session whose time is over and resolves to them; one store call for each 500. */
  expire(): Promise<readonly Session[]>
  /** Sessions that are open and not idle too long. */
  countActive(): Promise<number>
  /** When a session closes by itself that was last active at this time. Both in milliseconds since 1970. */
  expiresAt(lastActiveAt: number): number
}

/** 144 random bits: above the 128 that resist guessing, and 24 characters of base64url without a remainder. */
const ID_BYTES = 18
/** So many bytes in base64url. */
const ID_FORM = /^[\w-]{24}$/

/** Whether a text has the form of the ids made here. One that has not opens no session, and is none of the service's business: it may be anything. */
export function isSessionId(text: string): boolean {
  return ID_FORM.test(text)
}

/** Keeps a cleanup's transactions short, so that turns can be written between them. */
const EXPIRE_BATCH = 500

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
      return deleted
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
