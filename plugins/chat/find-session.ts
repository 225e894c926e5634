import { setImmediate } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { traced } from '../../otel/tracing.ts'
import { createSessionFinder } from '../../src/sessions/find-session.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Finds a session of any owner, by its id or its pseudonym. For operators. */
    findSession: ReturnType<typeof createSessionFinder>
  }
}

/** Finds the session that a line of the log is about. */
export default fp(
  async fastify => {
    const { databaseManager, pseudonym } = fastify
    const find = createSessionFinder({
      store: databaseManager.sessions,
      hasPseudonym: pseudonym.isSession,
      pause: () => setImmediate(),
    })
    fastify.decorate('findSession', traced('session find', find))
  },
  { name: 'find-session', dependencies: ['database-manager', 'pseudonym'] },
)
