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
/** The server cannot run without a log; one that is rarely written costs nothing. */
export const NO_LINES = { LOG_LEVEL: 'CRITICAL' }

/** Auto-instrumentation pushes no metrics by default. */
export const USUAL_SIGNALS = { OTEL_SERVICE_NAME: 'usual', OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' }
/** Loads the usual instrumentation. Its cloud detectors are included and warn without a cloud. */
export const USUAL_OPTIONS = ['--disable-warning=MetadataLookupWarning', '--import', './bench/harness/usual-register.ts']

/** Samples a share of the traces, 0–1. */
export function sampled(share: number): Record<string, string> {
  return { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: String(share) }
}

/** Returns the part of the environment that measured programs get. */
export function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT_VARIABLES.test(name)))
}
