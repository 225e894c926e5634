import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { readDisk } from '../../otel/metrics/disk-metrics.ts'
import type { Config } from '../../src/config.ts'
import { messageOf } from '../../src/errors.ts'
import { describeMissingDocuments } from '../../src/knowledge/missing-documents.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'
import { describeDelivery } from '../../src/monitoring/describe-delivery.ts'
import { checkReadiness } from '../../src/monitoring/readiness.ts'
import { grant } from '../http/access/route-access.ts'
import { describeOperation } from '../http/documentation/operations.ts'
import { PROBED } from '../http/probed.ts'
import { HealthSchema, NotReadySchema, ReadinessSchema } from '../http/service-schemas.ts'

interface HealthOptions {
  readonly config: Pick<Config, 'dataDir'>
  /** State of the log files; undefined if no log files are written. */
  readonly logState?: () => LogState
}

/** Liveness and readiness. Both are read-only. */
export default fp(
  (async (fastify, { config, logState }) => {
    grant(fastify, 'everyone')
    const { manager } = fastify.databaseManager
    const alive = (operation: 'getHealth' | 'getLiveness') => ({
      config: PROBED,
      schema: describeOperation(operation, { 200: HealthSchema }),
    })
    fastify.get('/health', alive('getHealth'), async () => ({ status: 'ok' as const }))
    fastify.get('/health/live', alive('getLiveness'), async () => ({ status: 'ok' as const }))

    fastify.get(
      '/health/ready',
      {
        config: PROBED,
        schema: describeOperation('getReadiness', { 200: ReadinessSchema, 503: NotReadySchema }),
      },
      async ({ caller }, reply) => {
        const disk = await readDisk(config.dataDir).catch(() => undefined)
        const failure = failureOf(() => manager.get`SELECT id FROM sessions LIMIT 1`)
        const readiness = checkReadiness({
          database: manager.state,
          // The state has the failure of any read, with its cause.
          readFailure: manager.state.readFailure ?? failure,
          damage: { ok: fastify.databaseCheck.ok, detail: fastify.databaseCheck.detail },
          index: fastify.searchEngine.index.state,
          missingDocuments: describeMissingDocuments(fastify.searchEngine.owner()),
          freeBytes: disk?.freeBytes,
          auditFailure: fastify.audit.state.failure,
          logFailure: logState?.().failure,
          telemetry: fastify.telemetryWatchdog,
          notifications: describeDelivery(fastify.monitoring.thread?.state),
        })
        if (readiness.status !== 'ready') reply.code(503)
        // What fails, and how the server is built, is not for everyone.
        return fastify.mayRead(caller, 'read') ? readiness : { status: readiness.status }
      },
    )
  }) satisfies FastifyPluginAsyncTypebox<HealthOptions>,
  {
    name: 'health-routes',
    dependencies: ['access', 'audit', 'database-check', 'database-manager', 'monitoring', 'search-engine', 'telemetry-watchdog'],
    encapsulate: true,
  },
)

function failureOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
