import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace'
import { ATTRIBUTES, TRACER_NAME } from '../tracing/conventions.ts'
import { type SpanIds, spanRules } from '../tracing/span-rules.ts'

/** Set by the operator and not secret. The service map needs them. */
const ADDRESSES: ReadonlySet<string> = new Set([ATTRIBUTES.serverAddress, ATTRIBUTES.networkPeerAddress])
/**
 * Stores a span's ids on the span: 0.1 µs. A WeakMap takes 0.3–0.7 µs and burdens the garbage
 * collector.
 */
const IDS = Symbol('ids')
interface IdentifiedSpan extends Span {
  [IDS]?: SpanIds
}

/**
 * Creates the processor that completes every span: adds the ids of the current request and redacts
 * the texts of instrumentations, including span names. Ids are looked up at the start, because a
 * span may end in a socket event without context, and read at the end, because a session may open
 * in between.
 */
export function createSpanFinisher(): SpanProcessor {
  return {
    onStart(span: IdentifiedSpan) {
      span[IDS] = spanRules.currentIds()
    },
    onEnding(span: IdentifiedSpan) {
      // Runs before ids are added: their length makes them look like secrets.
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
    span.setAttribute(ATTRIBUTES.sessionId, session_id)
    span.setAttribute(ATTRIBUTES.genAiConversationId, session_id)
  }
  if (user_id !== undefined) span.setAttribute(ATTRIBUTES.userId, user_id)
  if (turn_id !== undefined && isRoot(span)) span.setAttribute(ATTRIBUTES.chatbotTurnId, turn_id)
}

/** Whether the span is the first of this process in its trace. */
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
