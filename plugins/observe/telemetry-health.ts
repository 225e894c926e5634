import fp from 'fastify-plugin'
import { exportStates, probeFailedExports } from '../../otel/export-state.ts'
import { observeSignal } from '../../otel/metrics/signal-metrics.ts'
import { observeAll } from '../../otel/recording.ts'
import type { Config } from '../../src/config.ts'
import { createTelemetryHealth } from '../../src/health/telemetry-health.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether traces, metrics, errors and log lines are exported. */
    telemetryHealth: { readonly ok: boolean; readonly detail: string }
  }
}

export interface TelemetryWatchdogOptions {
  readonly config: Pick<Config, 'logDir'>
  /** State of the log; undefined if it is not written to files. */
  readonly logState?: () => LogState
  /** Milliseconds between checks. Default: 5,000. */
  readonly intervalMs?: number
  /** Milliseconds that items may wait before a signal counts as stalled. Default: 30,000. */
  readonly stallLimitMs?: number
  /** Milliseconds that an export must work before it counts as resumed. Default: 10,000. */
  readonly calmMs?: number
}

/**
 * Watches the export of telemetry: logs failures and recoveries once each, and reports to health
 * and metrics.
 */
export default fp<TelemetryWatchdogOptions>(
  async (fastify, { config, logState, intervalMs = 5000, stallLimitMs = 30_000, calmMs = 10_000 }) => {
    const monitor = createTelemetryHealth({
      log: fastify.log.child({ module: 'telemetry', function: 'watch' }),
      limits: { stallLimitMs, calmMs },
      readExports: exportStates,
      readLog: logState,
      logDir: config.logDir,
      redact: createRedactor().text,
      now: () => performance.now(),
      writeLine: line => process.stderr.write(`${line}\n`),
    })
    fastify.decorate('telemetryHealth', {
      get ok() {
        return monitor.ok
      },
      get detail() {
        return monitor.detail
      },
    })
    fastify.addHook(
      'onClose',
      observeAll([
        observeSignal('traces', () => exportStates('traces')),
        observeSignal('metrics', () => exportStates('metrics')),
        observeSignal('logs', () => [...monitor.logSignals, ...exportStates('logs')]),
        observeSignal('errors', () => exportStates('errors')),
      ]),
    )
    monitor.check()
    fastify.background.repeat(intervalMs, 'telemetry_watch', async () => {
      monitor.check()
      probeFailedExports()
    })
  },
  { name: 'telemetry-health', dependencies: ['background'] },
)
