import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import { preciseNow } from './clock.ts'
import { ATTRIBUTES } from './conventions.ts'
import { tellSafely } from './span-description.ts'
import { type ErrorDescription, spanRules } from './span-rules.ts'

/** As deep as causes are looked at. */
const MAX_CAUSES = 5

/** Traces in which one and the same error is told at most: one that a batch of writes fails with belongs to them all, a constant to everybody. */
const MAX_TRACES = 1000

/** In which traces an error is told already, so that the spans which it passes through on its way need not tell it again. */
const told = new WeakMap<object, Set<string>>()

/**
 * Tells an error on a span: what it is, with its causes, unless a span below has told it or its cause already; and, where the service is at
 * fault, as the span rules say unless the caller does, that the span has failed. Never throws.
 */
export function tellError(span: Span, error: unknown, isFault?: boolean): void {
  if (span.isRecording()) tellSafely(() => tell(span, error, isFault ?? spanRules.isServiceFault(error)))
}

/** The kind of an error in few words: its code, or its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : error.name
}

function tell(span: Span, error: unknown, isFault: boolean): void {
  const chain = causesOf(error)
  const { traceId } = span.spanContext()
  if (!chain.some(link => told.get(link)?.has(traceId)))
    span.addEvent('exception', describeException(spanRules.describeError(error)), preciseNow())
  for (const link of chain) remember(link, traceId)
  if (!isFault) return
  const type = errorType(error)
  span.setAttribute(ATTRIBUTES.errorType, type)
  span.setStatus({ code: SpanStatusCode.ERROR, message: type })
}

function remember(error: object, traceId: string): void {
  const traces = told.get(error) ?? new Set()
  if (traces.size >= MAX_TRACES) traces.clear()
  told.set(error, traces.add(traceId))
}

/** The error and its causes; what is no object cannot be told from its like. */
function causesOf(error: unknown): readonly object[] {
  const chain: object[] = []
  try {
    for (let link = error; typeof link === 'object' && link !== null && chain.length < MAX_CAUSES; ) {
      chain.push(link)
      link = (link as { readonly cause?: unknown }).cause
    }
  } catch {
    // A getter that throws: the chain is as long as it could be followed.
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
