import { type Attributes, diag, type Span } from '@opentelemetry/api'

/** Sets attributes on a recorded span. Never throws. */
export function setAttributesOn(span: Span, describe: (() => Attributes) | undefined): void {
  if (describe !== undefined && span.isRecording()) ignoreErrors(() => span.setAttributes(describe()))
}

/** Runs a function that only observes. An error becomes a warning of telemetry. */
export function ignoreErrors(observe: () => void): void {
  try {
    observe()
  } catch (error) {
    diag.warn('Telemetry callback failed', error)
  }
}
