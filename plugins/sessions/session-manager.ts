import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { observeSessions, recordClosed } from '../../otel/metrics/session-metrics.ts'
import { type ClosingReason, recordSessionOpened } from '../../otel/recording.ts'
import { traced } from '../../otel/tracing.ts'
import type { Config } from '../../src/config.ts'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import type { Session, SessionChange } from '../../src/sessions/session.ts'
import { createSessionManager, type SessionManager } from '../../src/sessions/session-manager.ts'
import { toWire } from '../http/wire-names.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessionManager: SessionManager
  }
}

type Settings = Pick<Config, 'maxSessions' | 'maxSessionsPerUser' | 'sessionIdleTimeoutS' | 'sessionCleanupIntervalS'>

/** Sessions, with spans and log lines for each opening, change and closing, and metrics. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'session_manager' })
    const manager = createSessionManager({
      store: fastify.databaseManager.sessions,
      limits: { maxSessions: config.maxSessions, maxPerUser: config.maxSessionsPerUser },
      idleTimeoutMs: config.sessionIdleTimeoutS * 1000,
      now: fastify.steadyClock.now,
      randomBytes,
    })

    async function open(owner?: { readonly user?: string }) {
      const opened = await manager.open(owner)
      recordSessionOpened()
      log.info({ function: 'create_session', session_id: opened.session.id }, 'Created new session')
      for (const session of opened.evicted) logClosed('limit', session)
      return opened
    }

    async function resume(id: string, user?: string) {
      const session = await manager.resume(id, user)
      addLogContext({ session_id: id, user_id: session.user ?? user })
      log.debug({ function: 'resume_session', turn_count: session.turnCount }, 'Session resumed')
      return session
    }

    async function update(id: string, change: SessionChange) {
      await manager.update(id, change)
      log.info({ function: 'update_session', session_id: id, changed: Object.keys(toWire(change)) }, 'Session updated')
    }

    async function remove(id: string, user?: string) {
      const deleted = await manager.delete(id, user)
      // The closing of an expired session was logged when it expired.
      if (deleted.state === 'open') logClosed('deleted', deleted)
      await fastify.audit.record('content_erased', { session_id: id, closed: true, pending: deleted.pending })
      log.info({ function: 'delete_session', session_id: id }, 'Session content erased')
      return deleted
    }

    function logClosed(reason: ClosingReason, session: Session): void {
      recordClosed(reason, session)
      const { id, user, turnCount } = session
      log.info({ function: 'close_session', session_id: id, user_id: user, reason, turn_count: turnCount }, 'Session closed')
    }

    fastify.decorate('sessionManager', {
      ...manager,
      open: traced('session open', open),
      resume: traced('session resume', resume),
      update: traced('session update', update),
      delete: traced('session delete', remove),
    })
    fastify.addHook('onClose', observeSessions(manager.countActive, config.maxSessions))
    fastify.background.repeat(config.sessionCleanupIntervalS * 1000, 'session_cleanup', async () => {
      for (const session of await manager.expire()) logClosed('expired', session)
    })
  },
  { name: 'session-manager', dependencies: ['audit', 'background', 'database-manager', 'steady-clock'] },
)
