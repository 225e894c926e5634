import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { recordAuditFailure } from '../otel/recording.ts'
import { AUDIT_EVENTS, type AuditEvent, type AuditFacts } from '../src/audit/audit-events.ts'
import { createAuditRecorder } from '../src/audit/audit-recorder.ts'
import { openAuditTrail } from '../src/audit/audit-trail.ts'
import { compareConfigurations, describeConfiguration } from '../src/audit/configuration-change.ts'
import type { Config } from '../src/config.ts'
import { ChatError } from '../src/errors.ts'
import { currentLogContext } from '../src/logging/record/log-context.ts'
import { createRedactor } from '../src/logging/redaction/redactor.ts'
import { dayOf } from '../src/logging/retention/log-day.ts'

declare module 'fastify' {
  interface FastifyInstance {
    audit: {
      /**
       * Writes a record about whoever made the request being served, or about the server itself outside of one. A record that cannot be written waits.
       * @throws {ChatError} AUDIT_UNAVAILABLE where it cannot be written and its event must not happen unrecorded.
       */
      record(event: AuditEvent, facts?: AuditFacts): void
      /** Why records cannot be written, and how many wait; no failure while they can. */
      readonly state: { readonly failure: string | undefined; readonly waiting: number }
    }
  }
}

const RETRY_INTERVAL_MS = 5000
/** A writer holds the lock for less than a millisecond; the whole server stands still for whoever holds it longer. */
const LOCK_TIMEOUT_MS = 200

/** The audit trail, told: who did it, start and stop with their settings; a trail that cannot be written is as loud as can be and stops nothing. */
export default fp<{ readonly config: Config; readonly version: string }>(
  async (fastify, { config, version }) => {
    const log = fastify.log.child({ module: 'audit' })
    const callers = new AsyncLocalStorage<string>()
    const recorder = createAuditRecorder({
      now: Date.now,
      open: () =>
        openAuditTrail({
          dataDir: config.dataDir,
          logDir: config.logDir,
          lockTimeoutMs: LOCK_TIMEOUT_MS,
          now: Date.now,
          redact: createRedactor().text,
          dayOf: ms => dayOf(ms, config.logTimezone),
          onFinding({ broken, problem }) {
            const facts = { function: 'open_trail', problem }
            if (broken) log.fatal(facts, 'The audit trail is not as it was left: run pellucid audit verify')
            else log.warn(facts, 'The audit trail was brought to its end after a crash')
          },
        }),
      onFailure(err, entry) {
        recordAuditFailure()
        log.fatal({ function: 'record', event: entry?.event, err }, 'An audit record cannot be written')
      },
      onRecovery: records => log.warn({ function: 'record', records }, 'Audit records are written again'),
    })

    function record(event: AuditEvent, facts: AuditFacts = {}): void {
      const actor = currentLogContext()?.user_id ?? callers.getStore() ?? 'server'
      const isWritten = recorder.record({ event, actor, facts, time: Date.now() })
      if (!isWritten && AUDIT_EVENTS[event].required) throw new ChatError('AUDIT_UNAVAILABLE')
    }

    fastify.decorate('audit', {
      record,
      get state() {
        return recorder.state
      },
    })

    // Events of the body run outside the first hook's context.
    for (const hook of ['onRequest', 'preHandler'] as const)
      fastify.addHook(hook, ({ telemetry }: FastifyRequest, _reply: FastifyReply, done: () => void) =>
        callers.run(telemetry.client, done),
      )

    fastify.addHook('onReady', async () => {
      const settings = describeConfiguration(config, fastify.pseudonym)
      const hash = createHash('sha256').update(JSON.stringify(settings)).digest('hex')
      const changed = compareConfigurations(recorder.configuration() ?? settings, settings)
      record('server_started', { version, node: process.version, configuration_sha256: hash })
      if (Object.keys(changed).length > 0) record('configuration_changed', { configuration_sha256: hash, changed })
      recorder.keepConfiguration(settings)
    })
    fastify.addHook('onClose', async () => {
      record('server_stopped')
      recorder.close()
    })
    fastify.background.repeat(RETRY_INTERVAL_MS, 'audit_retry', async () => recorder.retry())
  },
  { name: 'audit', dependencies: ['pseudonym', 'telemetry', 'background'] },
)
