/** Options of a measurement, and the environment of measured programs. */
import type { Receiver } from './receiver.ts'

/** Settings of the user's environment must not affect the measurement. */
const KEPT_VARIABLES = /^(PATH|HOME|TMPDIR|LANG)$/

export interface Measurement {
  /** Folder for temporary files. */
  readonly work: string
  readonly receiver: Receiver
  readonly rounds: number
  readonly seconds: number
}

/* Disabled signals. */
export const OFF = { OTEL_SDK_DISABLED: 'true' }
export const NO_TRACES = { OTEL_TRACES_EXPORTER: 'none' }
export const NO_METRICS = { OTEL_METRICS_EXPORTER: 'none' }

/** Returns the part of the environment that measured programs get. */
export function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT_VARIABLES.test(name)))
}
