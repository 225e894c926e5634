import type { SessionStore } from '../sessions/session.ts'
import type { Database } from './database-manager.ts'
import { type SessionRow, toStoredSession } from './sessions/session-rows.ts'
import { countOpenSessions } from './sessions/session-state.ts'

/**
 * Sessions in the database. `update` of a closed session throws SESSION_EXPIRED or
 * SESSION_NOT_FOUND.
 */
export function createSessionStore(database: Database): SessionStore {
  return {
    open: (session, limits, opener) => database.write('openSession', { session, limits, ...opener }),

    async find(id) {
      const kept = database.sessions.get(id)
      if (kept !== undefined) return kept
      const row = database.get<SessionRow>`SELECT * FROM sessions WHERE id = ${id}`
      if (row === undefined) return undefined
      const session = toStoredSession(row)
      database.sessions.keep(session)
      return session
    },

    async findByConversation(conversation) {
      const row = database.get<Pick<SessionRow, 'id'>>`SELECT id FROM sessions
        WHERE conversation = ${conversation} AND state = 'open' ORDER BY created_at DESC LIMIT 1`
      return row?.id
    },

    async listIds(after, limit) {
      const rows = database.all<Pick<SessionRow, 'id'>>`SELECT id FROM sessions WHERE id > ${after} ORDER BY id LIMIT ${limit}`
      return rows.map(({ id }) => id)
    },

    update: (id, change) => database.write('updateSession', { id, change }),

    delete: (id, now) => database.write('deleteSession', { id, now }),

    isErased: database.erased,

    expire: (now, limit) => database.write('expireSessions', { now, limit }),

    countOpen: async now => countOpenSessions(database, now),
  }
}
