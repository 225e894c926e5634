import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { type ClosingReason, observe, observeAll, recordSessionClosed, recordSessionOpened } from '../otel/recording.ts'
import { traced } from '../otel/tracing.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/record/log-context.ts'
import type { Session } from '../src/sessions/session.ts'
import { createSessionManager, type SessionManager } from '../src/sessions/session-manager.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessionManager: SessionManager
  }
}

type Settings = Pick<Config, 'maxSessions' | 'maxSessionsPerUser' | 'sessionIdleTimeoutS' | 'sessionCleanupIntervalS'>

/** Sessions, told: their opening, changes and closing as log lines and spans; their number, and how long and how much they were used, as metrics. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'session_manager' })
    const manager = createSessionManager({
      store: {
        ...fastify.databaseManager.sessions,
        // The new id is known from the first write on, so that what is told of that has it, too.
        open(session, limits) {
          addLogContext({ session_id: session.id })
          return fastify.databaseManager.sessions.open(session, limits)
        },
      },
      limits: { maxSessions: config.maxSessions, maxPerUser: config.maxSessionsPerUser },
      idleTimeoutMs: config.sessionIdleTimeoutS * 1000,
      now: Date.now,
      randomBytes,
    })

    async function open(owner?: { readonly user?: string }) {
      const opened = await manager.open(owner)
      recordSessionOpened()
      addLogContext({ session_id: opened.session.id, user_id: owner?.user })
      log.info({ function: 'create_session', session_id: opened.session.id }, 'Created new session')
      for (const closed of opened.pushedOut) {
        recordClosed('limit', closed)
        log.info(
          { function: 'close_session', closed_session_id: closed.id, reason: 'session limit of its user' },
          'Closed session',
        )
      }
      return opened
    }

    async function resume(id: string, user?: string) {
      const session = await manager.resume(id, user)
      addLogContext({ session_id: id, user_id: session.user ?? user })
      log.debug({ function: 'resume_session', turn_count: session.turnCount }, 'Resumed session')
      return session
    }

    async function update(id: string, change: Parameters<SessionManager['update']>[1]) {
      await manager.update(id, change)
      log.info({ function: 'update_session', session_id: id, changed: Object.keys(change) }, 'Updated session')
    }

    async function remove(id: string, user?: string) {
      const deleted = await manager.delete(id, user)
      // One that had expired was counted when it did.
      if (deleted.state === 'open') recordClosed('deleted', deleted)
      fastify.audit.record('content_erased', { session_id: id, closed: true })
      log.info({ function: 'delete_session', session_id: id }, 'Deleted session and erased its content')
      return deleted
    }

    fastify.decorate('sessionManager', {
      ...manager,
      open: traced('session open', open),
      resume: traced('session resume', resume),
      update: traced('session update', update),
      delete: traced('session delete', remove),
    })
    fastify.addHook(
      'onClose',
      observeAll([
        observe('chatbot_active_sessions', manager.countActive),
        observe('chatbot_sessions_limit', () => config.maxSessions),
      ]),
    )

    fastify.background.repeat(config.sessionCleanupIntervalS * 1000, 'session cleanup', async () => {
      const closed = await manager.expire()
      for (const session of closed) recordClosed('expired', session)
      if (closed.length > 0) log.info({ function: 'expire_sessions', closed: closed.length }, 'Closed idle sessions')
    })
  },
  { name: 'session-manager', dependencies: ['audit', 'background', 'database-manager', 'telemetry'] },
)

/** The clock may have been set back since the session was opened. */
function recordClosed(reason: ClosingReason, { createdAt, lastActiveAt, turnCount }: Session): void {
  recordSessionClosed(reason, Math.max(0, lastActiveAt - createdAt), turnCount)
}
