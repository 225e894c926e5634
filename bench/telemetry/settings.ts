/** What a measurement is made with, and what the measured programs are told. */
import type { Receiver } from './receiver.ts'

/** Settings and telemetry of whoever runs the measurement must not reach what is measured. */
const KEPT_VARIABLES = /^(PATH|HOME|TMPDIR|LANG)$/

export interface Measurement {
  /** A folder for what is made meanwhile. */
  readonly work: string
  readonly receiver: Receiver
  readonly rounds: number
  readonly seconds: number
}

/* Signals that are switched off. */
export const OFF = { OTEL_SDK_DISABLED: 'true' }
export const NO_TRACES = { OTEL_TRACES_EXPORTER: 'none' }
export const NO_METRICS = { OTEL_METRICS_EXPORTER: 'none' }

/** What a measured program gets of this process's environment. */
export function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT_VARIABLES.test(name)))
}
