import fp from 'fastify-plugin'
import { exportStates, probeFailedExports } from '../../otel/export-state.ts'
import { observeSignal } from '../../otel/metrics/signal-metrics.ts'
import { observeAll } from '../../otel/recording.ts'
import type { Config } from '../../src/config.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'
import { type LogSignal, readLogSignal } from '../../src/monitoring/log-signal.ts'
import {
  describeSignal,
  type SignalState,
  type Turnabout,
  UNWATCHED,
  type WatchedSignal,
  watchSignal,
} from '../../src/monitoring/telemetry-watch.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether traces, metrics and logs leave as they should, as of the last look. */
    telemetryWatchdog: { readonly ok: boolean; readonly detail: string }
  }
}

export interface TelemetryWatchdogOptions {
  readonly config: Pick<Config, 'logDir'>
  /** How the log fares; undefined where it is not written to files. */
  readonly logState?: () => LogState
  /** Milliseconds from one look to the next, 5,000 by default. */
  readonly intervalMs?: number
  /** Milliseconds that something may wait, 30,000 by default. */
  readonly stallLimitMs?: number
  /** Milliseconds for which all has to be well before it is said to be, 10,000 by default. */
  readonly calmMs?: number
}

/** Notices when traces, metrics or logs do not leave: tells it once in the log, and shows it in the server's health and in metrics of its own. */
export default fp<TelemetryWatchdogOptions>(
  async (fastify, { config, logState, intervalMs = 5000, stallLimitMs = 30_000, calmMs = 10_000 }) => {
    const log = fastify.log.child({ module: 'telemetry', function: 'watch' })
    const redact = createRedactor().text
    const remembered = new Map<string, WatchedSignal>()
    let logs: LogSignal | undefined
    let detail = 'not looked at yet'

    function look(): void {
      const nowMs = performance.now()
      if (logState !== undefined) logs = readLogSignal(logs, logState(), config.logDir, nowMs)
      const signals = [...exportStates(), ...logSignals()]
      const texts = signals.map(state => {
        const key = `${state.signal} ${state.destination}`
        const { watched, turnabout } = watchSignal(remembered.get(key) ?? UNWATCHED, state, nowMs, { stallLimitMs, calmMs })
        remembered.set(key, watched)
        if (turnabout !== undefined) tell(state, turnabout)
        return redact(describeSignal(state, watched, nowMs))
      })
      detail = texts.length === 0 ? 'nothing is sent' : texts.join('; ')
      probeFailedExports()
    }

    function tell({ signal, destination, failure }: SignalState, { kind, stoppedMs, ...facts }: Turnabout): void {
      const told = { signal, destination, stopped_s: Math.round(stoppedMs / 1000), ...facts }
      if (kind === 'flowing') log.info(told, 'Telemetry leaves again')
      else log.warn({ ...told, failure }, 'Telemetry does not leave as it should; the service goes on')
      // A log that stands still cannot tell that itself. Where its files fail, it has said so on the terminal already.
      if (kind === 'stopped' && signal === 'logs' && failure === undefined)
        process.stderr.write(`Log lines do not reach ${destination} as they should. The service goes on.\n`)
    }

    function logSignals(): readonly LogSignal[] {
      return logs === undefined ? [] : [logs]
    }

    fastify.decorate('telemetryWatchdog', {
      get ok() {
        return ![...remembered.values()].some(({ episode }) => episode !== undefined)
      },
      get detail() {
        return detail
      },
    })
    fastify.addHook(
      'onClose',
      observeAll([
        observeSignal('traces', () => exportStates('traces')),
        observeSignal('metrics', () => exportStates('metrics')),
        observeSignal('logs', logSignals),
      ]),
    )
    look()
    fastify.background.repeat(intervalMs, 'telemetry watch', async () => look())
  },
  { name: 'telemetry-watchdog', dependencies: ['background', 'telemetry'] },
)
