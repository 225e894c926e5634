import type { LogState } from '../logging/writing/log-transport.ts'
import type { SignalState } from './telemetry-episodes.ts'

/** State of the log's files as a signal, and what the next check compares it with. */
export interface LogSignal extends SignalState {
  /** Lines not yet written. */
  readonly waiting: number
  /** Lines written to the files. */
  readonly exported: number
  /** How often writing began to fail. */
  readonly failures: number
}

/**
 * Reads the state of the log. Waiting lines count as stalled only if none was written since the
 * last check, whose result is `before`.
 */
export function readLogSignal(
  before: LogSignal | undefined,
  { written, dropped, waiting, failure }: LogState,
  destination: string,
  nowMs: number,
): LogSignal {
  const exported = written.chatbot
  const hasMoved = exported > (before?.exported ?? 0)
  const isHealthy = waiting === 0 && failure === undefined
  return {
    signal: 'logs',
    destination,
    isConfigured: true,
    waiting,
    exported,
    dropped: dropped.chatbot,
    failure,
    failures: (before?.failures ?? 0) + (failure !== undefined && before?.failure === undefined ? 1 : 0),
    stalledSinceMs: isHealthy ? undefined : hasMoved ? nowMs : (before?.stalledSinceMs ?? nowMs),
  }
}
