import fp from 'fastify-plugin'
import { takeDiagnostics } from '../../otel/diagnostics.ts'

/** What comes later, when telemetry is under way, may come with every request. */
const MAX_LINES_PER_RUN = 5

export interface TelemetryDiagnosticsOptions {
  /** Milliseconds from one run to the next, 60,000 by default. */
  readonly intervalMs?: number
}

/** Tells in the log what telemetry has to say about itself: all that it said at its start, and later five lines a run at most. */
export default fp<TelemetryDiagnosticsOptions>(
  async (fastify, { intervalMs = 60_000 }) => {
    const log = fastify.log.child({ module: 'telemetry', function: 'diagnose' })

    function tell(max: number): void {
      const { diagnostics, leftOut } = takeDiagnostics(max)
      // An error of telemetry's is none of the service's, which goes on.
      for (const { text, error } of diagnostics)
        log.warn({ diagnostic: text, ...(error && { err: error }) }, 'Telemetry warns of something; the service goes on')
      if (leftOut > 0) log.warn({ left_out: leftOut }, 'Telemetry has more to warn of than is told here')
    }

    tell(Number.POSITIVE_INFINITY)
    fastify.background.repeat(intervalMs, 'telemetry diagnostics', async () => tell(MAX_LINES_PER_RUN))
    fastify.addHook('onClose', async () => tell(MAX_LINES_PER_RUN))
  },
  { name: 'telemetry-diagnostics', dependencies: ['background', 'telemetry'] },
)
