import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace'
import { ATTRIBUTES, TRACER_NAME } from '../tracing/conventions.ts'
import { type SpanIds, spanRules } from '../tracing/span-rules.ts'

/** Where calls go is set by the operator, and nobody's secret; the service map is drawn by it. */
const ADDRESSES: ReadonlySet<string> = new Set([ATTRIBUTES.serverAddress, ATTRIBUTES.networkPeerAddress])
/** Where a span keeps its ids until it ends: 0.1 µs, where a WeakMap would take 0.3 to 0.7 and make work for the garbage collector. */
const IDS = Symbol('ids')
/** An id made by the service; what a client gives out as one is a text like any other. */
const OWN_ID = /^[\w-]{16,64}$/

interface IdentifiedSpan extends Span {
  [IDS]?: SpanIds
}

/**
 * Makes what every span goes through as it ends, whoever has made it: it gets the ids of what was being served when it began, and the texts that
 * an instrumentation has put on it, its name included, are redacted. The ids are looked up at the start, because a span may end where they are not known: in an
 * event of a socket; they are read at the end, because a session may be opened meanwhile.
 */
export function createSpanFinisher(): SpanProcessor {
  return {
    onStart(span: IdentifiedSpan) {
      span[IDS] = spanRules.currentIds()
    },
    onEnding(span: IdentifiedSpan) {
      // First: ids are no texts, and long enough to be taken for secrets.
      if (span.instrumentationScope.name !== TRACER_NAME) redactForeign(span)
      const ids = span[IDS]
      if (ids !== undefined) addIds(span, ids)
    },
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}

function addIds(span: Span, { session_id, user_id, turn_id }: SpanIds): void {
  if (session_id !== undefined) {
    const id = OWN_ID.test(session_id) ? session_id : spanRules.redactText(session_id)
    span.setAttribute(ATTRIBUTES.sessionId, id)
    span.setAttribute(ATTRIBUTES.genAiConversationId, id)
  }
  if (user_id !== undefined) span.setAttribute(ATTRIBUTES.userId, user_id)
  if (turn_id !== undefined && isRoot(span)) span.setAttribute(ATTRIBUTES.chatbotTurnId, turn_id)
}

/** Whether it is the first of this process in its trace. */
function isRoot({ parentSpanContext }: Span): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true
}

function redactForeign(span: Span): void {
  const { redactText } = spanRules
  span.updateName(redactText(span.name))
  span.setAttributes(redactTexts(span.attributes))
  const { code, message } = span.status
  if (message !== undefined) span.setStatus({ code, message: redactText(message) })
  for (const event of span.events) event.attributes = event.attributes && redactTexts(event.attributes)
}

function redactTexts(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, ADDRESSES.has(name) ? value : redactValue(value)]),
  )
}

function redactValue(value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value === 'string') return spanRules.redactText(value)
  if (!Array.isArray(value)) return value
  return value.map(item => (typeof item === 'string' ? spanRules.redactText(item) : item)) as AttributeValue
}
