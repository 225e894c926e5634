import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { MetricsSnapshot } from '../otel/sdk/metrics-snapshot.ts'
import type { Config } from '../src/config.ts'
import type { LevelControl } from '../src/logging/level-control.ts'
import type { LogState } from '../src/logging/writing/log-transport.ts'
import type { MonitoringConfig } from '../src/watch/configuration/monitoring-config.ts'
import alertMetrics from './observe/alert-metrics.ts'
import audit from './observe/audit.ts'
import logLevel from './observe/log-level.ts'
import logMetrics from './observe/log-metrics.ts'
import logRetention from './observe/log-retention.ts'
import monitoring from './observe/monitoring.ts'
import telemetryDiagnostics from './observe/telemetry-diagnostics.ts'
import telemetryHealth from './observe/telemetry-health.ts'

export interface ObserveOptions {
  readonly config: Config
  readonly version: string
  readonly logger: Logger
  readonly levels: LevelControl
  /** State of the log files; undefined if no log files are written. */
  readonly logState: (() => LogState) | undefined
  readonly loadMonitoring: () => MonitoringConfig
  readonly takeSnapshot: () => Promise<MetricsSnapshot | undefined>
  readonly environment: NodeJS.ProcessEnv
}

/**
 * How the server shows itself: audit trail, state of telemetry, log and its retention, alerts.
 *
 * Needs `edge`. Gives the audit trail and the alerts.
 */
export function registerObserve(app: FastifyInstance, options: ObserveOptions): void {
  const { config, version, logger, levels, logState, loadMonitoring, takeSnapshot, environment } = options
  const retention = { logRetentionDaysInfo: loadMonitoring().retention.logsDays, ...config }
  app.register(audit, { config, version })
  app.register(telemetryDiagnostics)
  app.register(telemetryHealth, { config, logState })
  app.register(logRetention, { config: retention })
  app.register(logMetrics, { config: retention, logState })
  app.register(logLevel, { logger, levels })
  app.register(monitoring, { config, loadConfig: loadMonitoring, takeSnapshot, environment })
  app.register(alertMetrics)
}
