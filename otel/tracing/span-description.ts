import { type Attributes, diag, type Span } from '@opentelemetry/api'

/** Says something on a span, where that is recorded; where what there is to say cannot be found out, nothing. Never throws. */
export function describeOn(span: Span, describe: (() => Attributes) | undefined): void {
  if (describe !== undefined && span.isRecording()) tellSafely(() => span.setAttributes(describe()))
}

/** Runs something that only tells. Where it throws that is a warning of telemetry's: what is observed goes on as if nobody looked. */
export function tellSafely(tell: () => void): void {
  try {
    tell()
  } catch (error) {
    diag.warn('Telemetry could not tell something', error)
  }
}
