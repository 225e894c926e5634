import { ChatError } from '../errors.ts'
import { makeSessionId } from '../text/ids/session-ids.ts'
import type { Opener, Owner, Session, SessionChange, SessionLimits, SessionStore, StoredSession } from './session.ts'

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

/** A new session, and the sessions that were evicted for it. */
export interface OpenedSession {
  readonly session: Session
  readonly evicted: readonly Session[]
}

/**
 * Opens, resumes and closes sessions, and checks idle timeout and ownership. The store enforces the
 * session limits. Users are pseudonyms. An id is a capability: it gives access to the session,
 * unless the caller belongs to another application or names another user.
 */
export interface SessionManager {
  /**
   * Opens a session with a generated id. Ids chosen by clients are never used.
   * @throws {ChatError} SESSION_LIMIT_REACHED if too many sessions are open.
   */
  open(opener?: Opener): Promise<OpenedSession>
  /**
   * Returns the open session with this id.
   * @throws {ChatError} SESSION_NOT_FOUND if it is unknown, deleted or another owner's. Callers
   * cannot distinguish the three. SESSION_EXPIRED if it was evicted or idle for too long, even
   * before the cleanup has marked it.
   */
  resume(id: string, owner?: Owner): Promise<Session>
  /**
   * Returns the open session of the opener's conversation, or opens one if there is none. Calls for
   * one conversation must not overlap.
   * @param openNew Default: `open`.
   * @throws {ChatError} as `open`.
   */
  join(opener: Opener & { readonly conversation: string }, openNew?: SessionManager['open']): Promise<Session>
  update(id: string, change: SessionChange): Promise<void>
  /**
   * Deletes an open or expired session and erases the content of its turns. Resolves to the session
   * before that, and whether the content is still in a file.
   * @throws {ChatError} SESSION_NOT_FOUND as `resume`.
   */
  delete(id: string, owner?: Owner): Promise<StoredSession & { readonly pending: boolean }>
  /** Whether a session, in any state, belongs to this owner. */
  owns(owner: Owner, id: string): Promise<boolean>
  /** Marks all sessions past `expiresAt` expired, in batches of 500, and resolves to them. */
  expire(): Promise<readonly Session[]>
  /** Counts sessions that are open and not past `expiresAt`. */
  countActive(): Promise<number>
  /** When a session that was last active at this time expires. Both are milliseconds since 1970. */
  expiresAt(lastActiveAt: number): number
}

/** Enough to write a first message. */
const RESERVED_TIMEOUT_MS = 600_000
/** Keeps the transactions of a cleanup short: turns are written between them. */
const EXPIRE_BATCH = 500

/**
 * Creates a session manager on a store. It keeps no sessions itself: the store has those used last
 * in memory (`src/database/sessions/session-cache.ts`).
 */
export function createSessionManager({ store, limits, idleTimeoutMs, now, randomBytes }: SessionManagerOptions): SessionManager {
  const expiresAt = (lastActiveAt: number) => lastActiveAt + idleTimeoutMs

  async function findFor(id: string, owner: Owner) {
    const session = await store.find(id)
    if (session === undefined || session.state === 'deleted' || isForeign(session, owner))
      throw new ChatError('SESSION_NOT_FOUND')
    return session
  }

  async function open({ application, user, client, conversation, reserved = false }: Opener = {}): Promise<OpenedSession> {
    const openedAt = now()
    const session: Session = {
      id: makeSessionId(randomBytes),
      application,
      user,
      createdAt: openedAt,
      lastActiveAt: openedAt,
      expiresAt: openedAt + (reserved ? Math.min(RESERVED_TIMEOUT_MS, idleTimeoutMs) : idleTimeoutMs),
      contextFrom: 0,
      turnCount: 0,
    }
    return { session, evicted: await store.open(session, limits, { client, reserved, conversation }) }
  }

  return {
    expiresAt,

    open,

    async join(opener, openNew = open) {
      const id = await store.findByConversation(opener.conversation)
      const found = id === undefined ? undefined : await store.find(id)
      if (found === undefined || found.state !== 'open' || found.expiresAt <= now()) return (await openNew(opener)).session
      const { state: _, ...session } = found
      return session
    },

    async resume(id, owner = {}) {
      const { state, ...session } = await findFor(id, owner)
      if (state === 'expired' || session.expiresAt <= now()) throw new ChatError('SESSION_EXPIRED')
      return session
    },

    update: (id, change) => store.update(id, change),

    async delete(id, owner = {}) {
      await findFor(id, owner)
      const deleted = await store.delete(id, now())
      if (deleted === undefined) throw new ChatError('SESSION_NOT_FOUND')
      return { ...deleted, pending: !(await store.isErased()) }
    },

    async owns(owner, id) {
      const session = await store.find(id)
      return session !== undefined && !isForeign(session, owner)
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

function isForeign(session: Session, { application, user }: Owner): boolean {
  if (session.application !== application) return true
  return session.user !== undefined && user !== undefined && session.user !== user
}
