import { type Context, createTraceState, propagation, trace } from '@opentelemetry/api'
import { EMPTY_CONTEXT } from './linked-context.ts'
import { spanRules } from './span-rules.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Reads the caller's span from `traceparent` and `tracestate`. Every span of the trace exports the
 * `tracestate`, so one that redaction changes is dropped. The SDK keeps the members that fit into
 * 512 characters.
 */
export function readCallerContext(headers: Headers): Context {
  const caller = propagation.extract(EMPTY_CONTEXT, headers)
  const span = trace.getSpanContext(caller)
  const state = span?.traceState?.serialize()
  if (span === undefined || state === undefined || isHarmless(state)) return caller
  return trace.setSpanContext(caller, { ...span, traceState: createTraceState() })
}

function isHarmless(state: string): boolean {
  return formsOf(state).every(form => spanRules.redactText(form) === form)
}

/** The text as received, percent-decoded, and with its separators and underscores as spaces. */
function formsOf(state: string): readonly string[] {
  const decoded = state.replace(/(?:%[\da-f]{2})+/gi, bytes => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
  return [...new Set([state, decoded].flatMap(form => [form, form.replace(/[_=,;:]/g, ' ')]))]
}
