import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { observeSessions, recordClosed } from '../../otel/metrics/session-metrics.ts'
import { type ClosingReason, recordSessionOpened } from '../../otel/recording.ts'
import { traced } from '../../otel/tracing.ts'
import type { Config } from '../../src/config.ts'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import type { Opener, Owner, Session, SessionChange } from '../../src/sessions/session.ts'
import { createSessionManager, type SessionManager } from '../../src/sessions/session-manager.ts'
import { toWire } from '../routes/replies/wire-names.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessionManager: SessionManager
  }
}

/** Sessions, with spans and log lines for each opening, change and closing, and metrics. */
export default fp<{ readonly config: Config }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'session_manager' })
    const name = fastify.pseudonym.session
    const { maxSessions, maxSessionsPerUser: maxPerUser, maxSessionsPerClient: maxPerClient } = config
    const manager = createSessionManager({
      store: fastify.databaseManager.sessions,
      limits: { maxSessions, maxPerUser, maxPerClient },
      idleTimeoutMs: config.sessionIdleTimeoutS * 1000,
      now: fastify.steadyClock.now,
      randomBytes,
    })

    async function open(opener?: Opener) {
      const opened = await manager.open(opener)
      recordSessionOpened()
      log.info({ function: 'create_session', session_id: name(opened.session.id) }, 'Created new session')
      for (const session of opened.evicted) logClosed('limit', session)
      return opened
    }

    async function resume(id: string, owner?: Owner) {
      const session = await manager.resume(id, owner)
      addLogContext({ session_id: name(id), user_id: session.user ?? owner?.user })
      log.debug({ function: 'resume_session', turn_count: session.turnCount }, 'Session resumed')
      return session
    }

    async function update(id: string, change: SessionChange) {
      await manager.update(id, change)
      log.info({ function: 'update_session', session_id: name(id), changed: Object.keys(toWire(change)) }, 'Session updated')
    }

    async function remove(id: string, owner?: Owner) {
      const deleted = await manager.delete(id, owner)
      // The closing of an expired session was logged when it expired.
      if (deleted.state === 'open') logClosed('deleted', deleted)
      await fastify.audit.record('content_erased', { session_id: name(id), closed: true, pending: deleted.pending })
      log.info({ function: 'delete_session', session_id: name(id) }, 'Session content erased')
      return deleted
    }

    function logClosed(reason: ClosingReason, session: Session): void {
      recordClosed(reason, session)
      const { id, user: user_id, turnCount: turn_count } = session
      log.info({ function: 'close_session', session_id: name(id), user_id, reason, turn_count }, 'Session closed')
    }

    fastify.decorate('sessionManager', {
      ...manager,
      open: traced('session open', open),
      join: traced('session join', (opener: Parameters<SessionManager['join']>[0]) => manager.join(opener, open)),
      resume: traced('session resume', resume),
      update: traced('session update', update),
      delete: traced('session delete', remove),
    })
    fastify.addHook('onClose', observeSessions(manager.countActive, config.maxSessions))
    const expire = async () => (await manager.expire()).forEach(session => void logClosed('expired', session))
    fastify.background.repeat(config.sessionCleanupIntervalS * 1000, 'session_cleanup', expire)
  },
  { name: 'session-manager', dependencies: ['audit', 'background', 'database-manager', 'pseudonym', 'steady-clock'] },
)
