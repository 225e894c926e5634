import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { type ClosingReason, observe, observeAll, recordSessionClosed, recordSessionOpened } from '../otel/recording.ts'
import { traced } from '../otel/tracing.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/record/log-context.ts'
import type { Session } from '../src/sessions/session.ts'
import { createSessionManager, type SessionManager } from '../src/sessions/session-manager.ts'
import { toWire } from './http/wire-names.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessionManager: SessionManager
  }
}

type Settings = Pick<Config, 'maxSessions' | 'maxSessionsPerUser' | 'sessionIdleTimeoutS' | 'sessionCleanupIntervalS'>

/** Sessions, with log lines and spans for their opening, changes and closing, and metrics for their number, duration and turns. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'session_manager' })
    const manager = createSessionManager({
      store: fastify.databaseManager.sessions,
      limits: { maxSessions: config.maxSessions, maxPerUser: config.maxSessionsPerUser },
      idleTimeoutMs: config.sessionIdleTimeoutS * 1000,
      now: Date.now,
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

    async function update(id: string, change: Parameters<SessionManager['update']>[1]) {
      await manager.update(id, change)
      log.info({ function: 'update_session', session_id: id, changed: Object.keys(toWire(change)) }, 'Session updated')
    }

    async function remove(id: string, user?: string) {
      const deleted = await manager.delete(id, user)
      // The closing of an expired session was logged when it expired.
      if (deleted.state === 'open') logClosed('deleted', deleted)
      fastify.audit.record('content_erased', { session_id: id, closed: true })
      log.info({ function: 'delete_session', session_id: id }, 'Session content erased')
      return deleted
    }

    function logClosed(reason: ClosingReason, { id, user, createdAt, lastActiveAt, turnCount }: Session): void {
      // The clock may have been set back since the session was opened.
      recordSessionClosed(reason, Math.max(0, lastActiveAt - createdAt), turnCount)
      log.info({ function: 'close_session', session_id: id, user_id: user, reason, turn_count: turnCount }, 'Session closed')
    }

    fastify.decorate('sessionManager', {
      ...manager,
      open: traced('session open', open),
      resume: traced('session resume', resume),
      update: traced('session update', update),
      delete: traced('session delete', remove),
    })
    const gauges = [
      observe('chatbot_active_sessions', manager.countActive),
      observe('chatbot_sessions_limit', () => config.maxSessions),
    ]
    fastify.addHook('onClose', observeAll(gauges))
    fastify.background.repeat(config.sessionCleanupIntervalS * 1000, 'session cleanup', async () => {
      for (const session of await manager.expire()) logClosed('expired', session)
    })
  },
  { name: 'session-manager', dependencies: ['audit', 'background', 'database-manager', 'telemetry'] },
)
