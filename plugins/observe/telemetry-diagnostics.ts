import fp from 'fastify-plugin'
import { takeDiagnostics } from '../../otel/diagnostics.ts'

/** Bounds the log if every request causes a message. */
const MAX_LINES_PER_RUN = 5

export interface TelemetryDiagnosticsOptions {
  /** Milliseconds between runs. Default: 60,000. */
  readonly intervalMs?: number
}

/**
 * Logs the warnings of the OpenTelemetry SDK: all of them at startup, then at most five per run.
 */
export default fp<TelemetryDiagnosticsOptions>(
  async (fastify, { intervalMs = 60_000 }) => {
    const log = fastify.log.child({ module: 'telemetry', function: 'diagnose' })

    function logDiagnostics(max: number): void {
      const { diagnostics, omitted } = takeDiagnostics(max)
      for (const { text, error } of diagnostics)
        log.warn({ diagnostic: text, ...(error && { err: error }) }, 'OpenTelemetry reported a problem')
      if (omitted > 0) log.warn({ omitted }, 'OpenTelemetry reported more problems than are logged')
    }

    logDiagnostics(Number.POSITIVE_INFINITY)
    fastify.background.repeat(intervalMs, 'telemetry_diagnostics', async () => logDiagnostics(MAX_LINES_PER_RUN))
    fastify.addHook('onClose', async () => logDiagnostics(MAX_LINES_PER_RUN))
  },
  { name: 'telemetry-diagnostics', dependencies: ['background'] },
)
