import { ChatError } from '../errors.ts'
import type { SessionStore, StoredSession } from './session.ts'

export interface SessionFinderOptions {
  readonly store: Pick<SessionStore, 'find' | 'listIds'>
  /** Whether a session has this pseudonym. */
  readonly hasPseudonym: (id: string, pseudonym: string) => boolean
  /** Resolves when other work of the thread had its turn. */
  readonly pause: () => Promise<unknown>
}

/** Ids that are hashed without a pause: 2 ms. */
const PAGE = 500

/**
 * Creates a function that finds a session, of any owner, by its id or its pseudonym. By pseudonym
 * it hashes the ids of all sessions: 4 µs each.
 */
export function createSessionFinder({ store, hasPseudonym, pause }: SessionFinderOptions) {
  async function findId(pseudonym: string): Promise<string | undefined> {
    for (let after = ''; ; ) {
      const ids = await store.listIds(after, PAGE)
      const found = ids.find(id => hasPseudonym(id, pseudonym))
      const last = ids.at(-1)
      if (found !== undefined || last === undefined) return found
      after = last
      await pause()
    }
  }

  /** @throws {ChatError} SESSION_NOT_FOUND, also if the session is deleted. */
  return async function findSession(name: string): Promise<StoredSession> {
    const id = name.startsWith('s_') ? await findId(name) : name
    const session = id === undefined ? undefined : await store.find(id)
    if (session === undefined || session.state === 'deleted') throw new ChatError('SESSION_NOT_FOUND')
    return session
  }
}
