import type { Attributes } from '@opentelemetry/api'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace'
import { ATTRIBUTES, TRACER_NAME } from './conventions.ts'
import { type SpanIds, spanRules } from './span-rules.ts'

/** Texts that instrumentations take from what is sent, where anything may stand. */
const FOREIGN_TEXTS = [ATTRIBUTES.urlFull, ATTRIBUTES.urlPath, ATTRIBUTES.urlQuery] as const
/** Where a span keeps its ids until it ends: 0.1 µs, where a WeakMap would take 0.3 to 0.7 and make work for the garbage collector. */
const IDS = Symbol('ids')
/** An id made by the service; what a client gives out as one is a text like any other. */
const OWN_ID = /^[\w-]{16,64}$/

interface IdentifiedSpan extends Span {
  [IDS]?: SpanIds
}

/**
 * Makes what every span goes through as it ends, whoever has made it: it gets the ids of what was being served when it began, and the texts that
 * an instrumentation has put on it are redacted. The ids are looked up at the start, because a span may end where they are not known: in an
 * event of a socket; they are read at the end, because a session may be opened meanwhile.
 */
export function createSpanFinisher(): SpanProcessor {
  return {
    onStart(span: IdentifiedSpan) {
      span[IDS] = spanRules.currentIds()
    },
    onEnding(span: IdentifiedSpan) {
      const ids = span[IDS]
      if (ids !== undefined) addIds(span, ids)
      if (span.instrumentationScope.name !== TRACER_NAME) redactForeign(span)
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
  for (const name of FOREIGN_TEXTS) {
    const text = span.attributes[name]
    if (typeof text === 'string') span.setAttribute(name, redactText(text))
  }
  const { code, message } = span.status
  if (message !== undefined) span.setStatus({ code, message: redactText(message) })
  for (const event of span.events) event.attributes = event.attributes && redactTexts(event.attributes)
}

function redactTexts(attributes: Attributes): Attributes {
  const redacted = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? spanRules.redactText(value) : value,
  ])
  return Object.fromEntries(redacted)
}
