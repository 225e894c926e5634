import fp from 'fastify-plugin'
import { readDisk } from '../../otel/metrics/disk-metrics.ts'
import { observeHealth } from '../../otel/metrics/health-metrics.ts'
import type { Config } from '../../src/config.ts'
import { messageOf } from '../../src/errors.ts'
import { checkReadiness, type Readiness } from '../../src/health/readiness.ts'
import { describeMissingDocuments } from '../../src/knowledge/missing-documents.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'
import { describeDelivery } from '../../src/watch/client/describe-delivery.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Checks each component now. Read-only. */
    readiness(): Promise<Readiness>
  }
}

export interface ReadinessOptions {
  readonly config: Pick<Config, 'dataDir'>
  /** State of the log files; undefined if no log files are written. */
  readonly logState?: () => LogState
}

/** Checks whether the server can do its work, and reports each check as a metric. */
export default fp<ReadinessOptions>(
  async (fastify, { config, logState }) => {
    const { manager } = fastify.databaseManager
    fastify.decorate('readiness', async () => {
      const disk = await readDisk(config.dataDir).catch(() => undefined)
      const failure = failureOf(() => manager.get`SELECT id FROM sessions LIMIT 1`)
      return checkReadiness({
        database: manager.state,
        // The state has the failure of any read, with its cause.
        readFailure: manager.state.readFailure ?? failure,
        damage: { ok: fastify.databaseCheck.ok, detail: fastify.databaseCheck.detail },
        index: fastify.searchEngine.index.state,
        missingDocuments: describeMissingDocuments(fastify.searchEngine.owner()),
        freeBytes: disk?.freeBytes,
        auditFailure: fastify.audit.state.failure,
        logFailure: logState?.().failure,
        telemetry: fastify.telemetryHealth,
        notifications: describeDelivery(fastify.monitoring.thread?.state),
      })
    })
    fastify.addHook(
      'onClose',
      observeHealth(() => fastify.readiness()),
    )
  },
  {
    name: 'readiness',
    dependencies: ['audit', 'database-check', 'database-manager', 'monitoring', 'search-engine', 'telemetry-health'],
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
