import type { LogState } from '../logging/writing/log-transport.ts'
import { type LogSignal, readLogSignal } from './log-signal.ts'
import {
  describeSignal,
  isHealthy,
  type SignalReport,
  type SignalState,
  UNWATCHED,
  type WatchLimits,
  watchTelemetry,
} from './telemetry-episodes.ts'

const NO_COLLECTOR_ADVICE =
  'Start a collector there, set OTEL_EXPORTER_OTLP_ENDPOINT, or turn telemetry off with OTEL_SDK_DISABLED=true.'

interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

export interface TelemetryHealthOptions {
  readonly log: Log
  readonly limits: WatchLimits
  /** Reads the state of the exports of traces, metrics and errors. */
  readonly readExports: () => readonly SignalState[]
  /** Reads the state of the log; undefined if it is not written to files. */
  readonly readLog: (() => LogState) | undefined
  readonly logDir: string
  readonly redact: (text: string) => string
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number
  /** Writes a line to the terminal, for failures of the log itself. */
  readonly writeLine: (line: string) => void
}

export interface TelemetryHealth {
  /** Whether no export that should work fails, as of the last check. */
  readonly ok: boolean
  /** Current state of every signal, in one redacted line. */
  readonly detail: string
  /** State of the log as of the last check. */
  readonly logSignals: readonly LogSignal[]
  /** Checks every signal and logs what has changed. */
  check(): void
}

/**
 * Watches the export of traces, metrics, errors and log lines, and logs when it fails and when it
 * works again.
 */
export function createTelemetryHealth(options: TelemetryHealthOptions): TelemetryHealth {
  const { log, limits, readExports, readLog, logDir, redact, now, writeLine } = options
  let watch = UNWATCHED
  let logSignals: readonly LogSignal[] = []

  function readLogSignals(): readonly LogSignal[] {
    return readLog === undefined ? [] : [readLogSignal(logSignals[0], readLog(), logDir, now())]
  }

  return {
    get ok() {
      return isHealthy(watch)
    },
    get detail() {
      const signals = [...readExports(), ...readLogSignals()]
      if (signals.length === 0) return 'nothing is exported'
      return signals.map(state => redact(describeSignal(watch, state, now()))).join('; ')
    },
    get logSignals() {
      return logSignals
    },
    check() {
      logSignals = readLogSignals()
      const result = watchTelemetry(watch, [...readExports(), ...logSignals], now(), limits)
      watch = result.watch
      for (const change of result.reports) report(log, writeLine, change)
    },
  }
}

function report(log: Log, writeLine: (line: string) => void, { state, event }: SignalReport): void {
  const { signal, destination, failure } = state
  if (event.kind === 'no_collector') {
    log.info({ destination, advice: NO_COLLECTOR_ADVICE }, 'No collector found, traces and metrics are not exported')
    return
  }
  const { kind, durationMs, ...counts } = event
  const facts = { signal, destination, failing_ms: Math.round(durationMs), ...counts }
  if (kind !== 'failing') {
    log.info(facts, kind === 'started' ? 'Telemetry export started' : 'Telemetry export resumed')
    return
  }
  log.warn({ ...facts, failure }, 'Telemetry export is failing; requests are not affected')
  // A stalled log cannot report itself. A log whose files fail has already written to the terminal.
  if (signal === 'logs' && failure === undefined)
    writeLine(`Log lines are not reaching ${destination}. Requests are not affected.`)
}
