import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { observeGauge } from '../otel/metrics.ts'
import { traced } from '../otel/tracing.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/log-context.ts'
import { createSessionManager, type SessionManager } from '../src/sessions/session-manager.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessions: SessionManager
  }
}

type Settings = Pick<Config, 'maxSessions' | 'maxSessionsPerUser' | 'sessionIdleTimeoutS' | 'sessionCleanupIntervalS'>

/** Sessions, told: their opening, changes and closing as log lines and spans, their number as a gauge. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'session_manager' })
    const manager = createSessionManager({
      store: fastify.database.sessions,
      limits: { maxSessions: config.maxSessions, maxPerUser: config.maxSessionsPerUser },
      idleTimeoutMs: config.sessionIdleTimeoutS * 1000,
      now: Date.now,
      randomBytes,
    })

    async function open(owner?: { readonly user?: string }) {
      const opened = await manager.open(owner)
      addLogContext({ session_id: opened.session.id, user_id: owner?.user })
      log.info({ function: 'create_session', session_id: opened.session.id }, 'Created new session')
      for (const { id } of opened.pushedOut) {
        log.info({ function: 'close_session', closed_session_id: id, reason: 'session limit of its user' }, 'Closed session')
      }
      return opened
    }

    async function resume(id: string, user?: string) {
      const session = await manager.resume(id, user)
      addLogContext({ session_id: id, user_id: session.user })
      log.debug({ function: 'resume_session', turn_count: session.turnCount }, 'Resumed session')
      return session
    }

    async function update(id: string, change: Parameters<SessionManager['update']>[1]) {
      await manager.update(id, change)
      log.info({ function: 'update_session', session_id: id, changed: Object.keys(change) }, 'Updated session')
    }

    async function remove(id: string, user?: string) {
      await manager.delete(id, user)
      fastify.audit.record('content_erased', { session_id: id, closed: true })
      log.info({ function: 'delete_session', session_id: id }, 'Deleted session and erased its content')
    }

    fastify.decorate('sessions', {
      ...manager,
      open: traced('session open', open),
      resume: traced('session resume', resume),
      update: traced('session update', update),
      delete: traced('session delete', remove),
    })
    fastify.addHook('onClose', observeGauge('chatbot_active_sessions', manager.countActive))

    fastify.every(config.sessionCleanupIntervalS * 1000, 'session cleanup', async () => {
      const closed = await manager.expire()
      if (closed.length > 0) log.info({ function: 'expire_sessions', closed: closed.length }, 'Closed idle sessions')
    })
  },
  { name: 'session-manager', dependencies: ['audit', 'background', 'database-manager', 'telemetry'] },
)
