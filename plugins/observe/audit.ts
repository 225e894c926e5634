import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { recordAuditFailure } from '../../otel/recording.ts'
import { createServerAudit, type ServerAudit } from '../../src/audit/server-audit.ts'
import { createAuditRecorder } from '../../src/audit/writing/audit-recorder.ts'
import { createAuditWriter } from '../../src/audit/writing/audit-writer.ts'
import type { Config } from '../../src/config.ts'
import { currentLogContext } from '../../src/logging/record/log-context.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { dayOf } from '../../src/logging/retention/log-day.ts'
import { isSecretSetting } from '../../src/settings.ts'

declare module 'fastify' {
  interface FastifyInstance {
    audit: Pick<ServerAudit, 'record' | 'state'>
  }
}

const RETRY_INTERVAL_MS = 5000
/** A command holds the lock for as long as the disk takes to sync its record, usually 1 ms. */
const LOCK_TIMEOUT_MS = 2000

/**
 * Audit trail: start, stop, changed settings and who did what. If writing fails, requests continue.
 */
export default fp<{ readonly config: Config; readonly version: string }>(
  async (fastify, { config, version }) => {
    const { dataDir, logDir, logTimezone } = config
    const log = fastify.log.child({ module: 'audit' })
    const callers = new AsyncLocalStorage<string>()
    const writer = createAuditWriter({
      dataDir,
      logDir,
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      now: Date.now,
      dayOf: ms => dayOf(ms, logTimezone),
      onFinding({ broken, problem }) {
        const facts = { function: 'open_trail', problem }
        if (broken) log.fatal(facts, 'Audit trail damaged: run pellucid audit verify')
        else log.warn(facts, 'Audit trail recovered after a crash')
      },
    })
    const recorder = createAuditRecorder({
      writer,
      now: Date.now,
      onFailure(err, entry) {
        recordAuditFailure()
        log.fatal({ function: 'record', event: entry?.event, err }, 'Audit record not written')
      },
      onRecovery: records => log.warn({ function: 'record', records }, 'Audit trail writable again'),
    })
    const actor = () => {
      const { user_id: user, key_id: key } = currentLogContext() ?? {}
      if (key === undefined) return user ?? callers.getStore() ?? 'server'
      // The caller named the user: the key is what is known.
      return user === undefined ? `key:${key}` : `${user} by key:${key}`
    }
    const redact = createRedactor().text
    const secrets = { isSecret: isSecretSetting, conceal: fastify.pseudonym }
    const audit = createServerAudit({ recorder, version, config, ...secrets, redact, actor, now: Date.now })
    fastify.decorate('audit', audit)

    // The body's events run outside the context of onRequest.
    for (const hook of ['onRequest', 'preHandler'] as const)
      fastify.addHook(hook, ({ telemetry }: FastifyRequest, _reply: FastifyReply, done: () => void) =>
        callers.run(telemetry.client, done),
      )
    // Not in onReady: a server whose port is in use is ready, but never starts.
    // The start does not wait for the disk; `close` does.
    fastify.addHook('onListen', async () => void audit.recordStart())
    fastify.addHook('onClose', audit.close)
    fastify.background.repeat(RETRY_INTERVAL_MS, 'audit_retry', recorder.retry)
  },
  { name: 'audit', dependencies: ['pseudonym', 'telemetry', 'background'] },
)
