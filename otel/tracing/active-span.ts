import { type Attributes, type Context, context, type Span, type SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { ChildSpan } from './child-span.ts'
import { TRACER_NAME } from './conventions.ts'

interface StartOptions {
  readonly kind: SpanKind
  readonly attributes?: Attributes
  /** Milliseconds since 1970. */
  readonly startTime: number
}

/** What child spans need from the SDK. */
export interface ChildSpanSupport {
  readonly processors: readonly SpanProcessor[]
  readonly generateSpanId: () => string
}

const tracer = trace.getTracer(TRACER_NAME)

let support: ChildSpanSupport | undefined

/**
 * Lets spans be created without the SDK's tracer if their parent is one of ours. For configurations
 * in which such a span is always recorded, with the default limits.
 */
export function supportChildSpans(given: ChildSpanSupport): void {
  support = given
}

/** Runs a function in a new span, as a child of the active one. */
export function runInNewSpan<Result>(name: string, options: StartOptions, fn: (span: Span) => Result): Result {
  const scope = context.active()
  const span = startChild(name, options, scope) ?? tracer.startSpan(name, options, scope)
  return context.with(trace.setSpan(scope, span), fn, undefined, span)
}

function startChild(name: string, { kind, attributes, startTime }: StartOptions, scope: Context): Span | undefined {
  const parent = trace.getSpan(scope)
  if (support === undefined || parent === undefined || !isOurs(parent) || isTracingSuppressed(scope)) return undefined
  const { processors, generateSpanId } = support
  const span = new ChildSpan({ name, kind, attributes, startTime, spanId: generateSpanId(), parent, processors })
  for (const processor of processors) processor.onStart(span, scope)
  return span
}

/** Whether this service has created, sampled and recorded the span. */
function isOurs(span: Span & Partial<ReadableSpan>): span is Span & ReadableSpan {
  return span.instrumentationScope?.name === TRACER_NAME && (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0
}
