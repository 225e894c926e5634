import { LRUCache } from 'lru-cache'
import type { Session, StoredSession } from '../../sessions/session.ts'
import type { WriteName, WriteParams, WriteResult } from '../writer/writes.ts'

/** Open sessions that were read, as the last write of this process left them. */
export interface SessionCache {
  get(id: string): StoredSession | undefined
  /** Keeps a session that was just read, if it is open. */
  keep(session: StoredSession): void
  /** Applies a write that succeeded. */
  follow<Name extends WriteName>(name: Name, params: WriteParams<Name>, result: WriteResult<Name>): void
  /** Forgets a session, which another process may have erased. */
  forget(id: string): void
  /** Forgets all sessions: a write that failed may have been stored. */
  clear(): void
}

type Sessions = LRUCache<string, StoredSession>
type Follow<Name extends WriteName> = (sessions: Sessions, params: WriteParams<Name>, result: WriteResult<Name>) => void

/** About 4 MB. */
const MAX_SESSIONS = 10_000

const changesNone = () => undefined

/** What each write does to sessions. */
const FOLLOWED: { readonly [Name in WriteName]: Follow<Name> } = {
  openSession: (sessions, _, evicted) => forget(sessions, evicted),
  updateSession: (sessions, { id, change: { contextFrom } }) =>
    alter(sessions, id, old => ({ contextFrom: contextFrom ?? old.contextFrom })),
  deleteSession: (sessions, { id }) => sessions.delete(id),
  expireSessions: (sessions, _, expired) => forget(sessions, expired),
  appendTurn: (sessions, { row, activeAt, sessionExpiresAt }, seq) =>
    alter(sessions, row.session_id, ({ user = row.user ?? undefined }) => ({
      turnCount: seq,
      user,
      lastActiveAt: activeAt,
      expiresAt: sessionExpiresAt,
    })),
  eraseTurns: changesNone,
  recordFeedback: changesNone,
  expireKeys: changesNone,
  putDocuments: changesNone,
  removeDocuments: changesNone,
  eraseSession: (sessions, id) => sessions.delete(id),
  requestLogErasure: changesNone,
  narrowLogErasures: changesNone,
  finishLogErasures: changesNone,
  // It deletes closed sessions only.
  pruneTurns: changesNone,
  probe: changesNone,
}

/**
 * Creates an empty cache. It is exact because only this process writes sessions, except that the
 * privacy commands erase them: reading the session of each turn from the database takes 40 µs of
 * the main thread.
 */
export function createSessionCache(): SessionCache {
  const sessions: Sessions = new LRUCache({ max: MAX_SESSIONS })
  return {
    get: id => sessions.get(id),
    keep(session) {
      if (session.state === 'open') sessions.set(session.id, session)
    },
    follow(name, params, result) {
      FOLLOWED[name](sessions, params, result)
    },
    forget: id => void sessions.delete(id),
    clear: () => sessions.clear(),
  }
}

function alter(sessions: Sessions, id: string, change: (old: StoredSession) => Partial<Session>): void {
  const old = sessions.get(id)
  if (old !== undefined) sessions.set(id, { ...old, ...change(old) })
}

function forget(sessions: Sessions, closed: readonly Session[]): void {
  for (const { id } of closed) sessions.delete(id)
}
