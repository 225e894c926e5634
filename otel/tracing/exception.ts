import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import { preciseNow } from './clock.ts'
import { ATTRIBUTES } from './conventions.ts'
import { ignoreErrors } from './span-description.ts'
import { type ErrorDescription, spanRules } from './span-rules.ts'

/** Maximum depth of causes. */
const MAX_CAUSES = 5

/**
 * Maximum number of traces remembered per error. A failed batch of writes shares one error among
 * many traces.
 */
const MAX_TRACES = 1000

/** Traces that contain an error already. Spans that it passes on its way up do not repeat it. */
const recordedIn = new WeakMap<object, Set<string>>()

/**
 * Records an error on a span as an exception event with its causes, unless a child span has
 * recorded it. Marks the span as failed if the service is at fault, by default according to the
 * span rules. Never throws.
 */
export function recordException(span: Span, error: unknown, isFault?: boolean): void {
  if (span.isRecording()) ignoreErrors(() => addException(span, error, isFault ?? spanRules.isServiceFault(error)))
}

/** Returns the code of an error, or its class. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : error.name
}

function addException(span: Span, error: unknown, isFault: boolean): void {
  const chain = causesOf(error)
  const { traceId } = span.spanContext()
  if (!chain.some(link => recordedIn.get(link)?.has(traceId)))
    span.addEvent('exception', describeException(spanRules.describeError(error)), preciseNow())
  for (const link of chain) remember(link, traceId)
  if (!isFault) return
  const type = errorType(error)
  span.setAttribute(ATTRIBUTES.errorType, type)
  span.setStatus({ code: SpanStatusCode.ERROR, message: type })
}

function remember(error: object, traceId: string): void {
  const traces = recordedIn.get(error) ?? new Set()
  if (traces.size >= MAX_TRACES) traces.clear()
  recordedIn.set(error, traces.add(traceId))
}

/**
 * Returns the error and its causes. Values that are not objects have no identity and are left out.
 */
function causesOf(error: unknown): readonly object[] {
  const chain: object[] = []
  try {
    for (let link = error; typeof link === 'object' && link !== null && chain.length < MAX_CAUSES; ) {
      chain.push(link)
      link = (link as { readonly cause?: unknown }).cause
    }
  } catch {
    // A getter threw: the chain ends here.
  }
  return chain
}

function describeException(description: ErrorDescription): Attributes {
  return {
    [ATTRIBUTES.exceptionType]: description.type,
    [ATTRIBUTES.exceptionMessage]: description.message,
    [ATTRIBUTES.exceptionStacktrace]: stackText(description),
  }
}

function stackText({ type, message, stack, cause, errors = [] }: ErrorDescription): string {
  return [
    stack ?? `${type}: ${message}`,
    ...errors.map(error => `One of: ${stackText(error)}`),
    ...(cause === undefined ? [] : [`Caused by: ${stackText(cause)}`]),
  ].join('\n')
}
