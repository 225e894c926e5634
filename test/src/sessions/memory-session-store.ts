import { ChatError } from '../../../src/errors.ts'
import type { Session, SessionStore, StoredSession } from '../../../src/sessions/session.ts'

/** A session store in memory. */
export function createMemorySessionStore(): SessionStore {
  const sessions = new Map<string, StoredSession>()
  const conversations = new Map<string, string>()

  function isOpen(session: StoredSession, now: number): boolean {
    return session.state === 'open' && session.expiresAt > now
  }

  function markExpired(found: readonly StoredSession[]): Session[] {
    for (const session of found) sessions.set(session.id, { ...session, state: 'expired' })
    return found.map(({ state, ...session }) => session)
  }

  return {
    async open(session, { maxSessions, maxPerUser }, { conversation } = {}) {
      const open = [...sessions.values()].filter(other => isOpen(other, session.createdAt))
      const ofUser = open.filter(other => session.user !== undefined && other.user === session.user)
      const longestIdle = ofUser
        .sort((a, b) => a.lastActiveAt - b.lastActiveAt)
        .slice(0, Math.max(0, ofUser.length + 1 - maxPerUser))
      if (open.length - longestIdle.length >= maxSessions) throw new ChatError('SESSION_LIMIT_REACHED')
      sessions.set(session.id, { ...session, state: 'open' })
      if (conversation !== undefined) conversations.set(conversation, session.id)
      return markExpired(longestIdle)
    },
    async find(id) {
      return sessions.get(id)
    },
    async findByConversation(conversation) {
      const id = conversations.get(conversation)
      return sessions.get(id ?? '')?.state === 'open' ? id : undefined
    },
    async listIds(after, limit) {
      const ids = [...sessions.keys()].filter(id => id > after)
      return ids.sort().slice(0, limit)
    },
    async update(id, change) {
      const session = sessions.get(id)
      if (session !== undefined) sessions.set(id, { ...session, ...change })
    },
    async delete(id) {
      const session = sessions.get(id)
      if (session === undefined || session.state === 'deleted') return undefined
      sessions.set(id, { ...session, state: 'deleted' })
      return session
    },
    isErased: async () => true,
    async expire(now, limit) {
      return markExpired(
        [...sessions.values()].filter(session => session.state === 'open' && session.expiresAt <= now).slice(0, limit),
      )
    },
    async countOpen(now) {
      return [...sessions.values()].filter(session => isOpen(session, now)).length
    },
  }
}
