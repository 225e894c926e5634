import type { LogState } from '../logging/writing/log-transport.ts'
import type { SignalState } from './telemetry-watch.ts'

/** The log's way into its files as one signal among others, with what is remembered of it from one look to the next. */
export interface LogSignal extends SignalState {
  /** Lines on their way. */
  readonly waiting: number
  /** Lines in the files. */
  readonly exported: number
  /** Times that it began to fail. */
  readonly failures: number
}

/** Looks at the log once more. That something waits means nothing while lines are written; `before` is what the last look gave. */
export function readLogSignal(
  before: LogSignal | undefined,
  { written, dropped, waiting, failure }: LogState,
  destination: string,
  nowMs: number,
): LogSignal {
  const exported = written.chatbot
  const hasMoved = exported > (before?.exported ?? 0)
  const isWell = waiting === 0 && failure === undefined
  return {
    signal: 'logs',
    destination,
    isConfigured: true,
    waiting,
    exported,
    dropped: dropped.chatbot,
    failure,
    failures: (before?.failures ?? 0) + (failure !== undefined && before?.failure === undefined ? 1 : 0),
    stalledSinceMs: isWell ? undefined : hasMoved ? nowMs : (before?.stalledSinceMs ?? nowMs),
  }
}
