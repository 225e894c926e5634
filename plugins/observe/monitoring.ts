import type { AddressInfo } from 'node:net'
import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { describeThread, secretsOf } from '../../src/watch/client/thread-data.ts'
import type { Snapshot } from '../../src/watch/client/thread-messages.ts'
import { startWatchThread, type WatchThread } from '../../src/watch/client/watch-thread-client.ts'
import type { MonitoringConfig } from '../../src/watch/configuration/monitoring-config.ts'
import { changedKeys } from '../../src/watch/configuration/monitoring-file.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The thread that watches the server; undefined before the server listens, or if it is off. */
    monitoring: { readonly thread: WatchThread | undefined }
  }
}

export interface MonitoringOptions {
  readonly config: Pick<Config, 'dataDir' | 'logDir' | 'alertNotifier' | 'publicUrl' | 'watch'>
  /** Reads `monitoring.yaml`. Throws CONFIGURATION_INVALID. */
  readonly loadConfig: () => MonitoringConfig
  /** Reads all metrics; undefined while telemetry is off. */
  readonly takeSnapshot: () => Promise<Snapshot | undefined>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** How often metrics are stored, unless rules are evaluated more often. */
const SNAPSHOT_INTERVAL_MS = 10_000
const CHECK_INTERVAL_MS = 1000

/** The server's watch over itself: metrics on disk, alerts and notifications, in a thread. */
export default fp<MonitoringOptions>(
  async (fastify, { config: { dataDir, logDir, publicUrl, alertNotifier, watch }, loadConfig, takeSnapshot, environment }) => {
    const log = fastify.log.child({ module: 'monitoring' })
    const process_ = `${process.pid}-${performance.timeOrigin}`
    let config = loadConfig()
    let thread: WatchThread | undefined
    fastify.decorate('monitoring', {
      get thread() {
        return thread
      },
    })

    /** Applies a changed file. A file with problems changes nothing. */
    function reload(): void {
      try {
        const next = loadConfig()
        const changed = changedKeys(config, next)
        config = next
        thread?.configure(config, secretsOf(config, environment))
        log.info({ function: 'reload', changed }, 'Monitoring configuration reloaded')
        void fastify.audit.record('monitoring_changed', { changed })
      } catch (err) {
        log.error({ function: 'reload', err }, 'Monitoring configuration not reloaded: the present one stays')
      }
    }

    let storedAt = Number.NEGATIVE_INFINITY
    const snapshots = fastify.background.repeat(CHECK_INTERVAL_MS, 'metrics_snapshot', async () => {
      const intervalMs = Math.min(SNAPSHOT_INTERVAL_MS, config.evaluationIntervalS * 1000)
      if (thread === undefined || performance.now() - storedAt < intervalMs) return
      storedAt = performance.now()
      const snapshot = await takeSnapshot()
      if (snapshot !== undefined) thread.append(Date.now(), snapshot)
    })
    fastify.addHook('onListen', async () => {
      process.on('SIGHUP', reload)
      if (watch === 'off' || !config.metrics.enabled) return
      const { port } = fastify.server.address() as AddressInfo
      const data = describeThread({ dataDir, logDir, publicUrl, port, alertNotifier, config, environment, process: process_ })
      thread = startWatchThread({ data, log: (level, facts, message) => log[level](facts, message) })
      snapshots.runNow()
    })
    fastify.addHook('onClose', async () => {
      process.off('SIGHUP', reload)
      await thread?.close()
    })
  },
  { name: 'monitoring', dependencies: ['audit', 'background'] },
)
