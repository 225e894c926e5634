import { type Attributes, type HrTime, type Link, type SpanKind, type SpanStatus, TraceFlags } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import { ATTRIBUTES } from '../tracing/conventions.ts'

/** Azure's exporter takes the user of a span, `user_Id` in queries, from this attribute. */
export const AZURE_USER_ID = 'enduser.pseudo.id'

/** A span as plain data, for another thread. */
export interface SpanRecord {
  readonly name: string
  readonly kind: SpanKind
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly duration: HrTime
  readonly status: SpanStatus
  readonly attributes: Attributes
  readonly events: readonly TimedEvent[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

/**
 * Converts an ended span to plain data. Its exceptions are left out: the log has each of them once,
 * with those that happen outside of spans.
 */
export function toSpanRecord(span: ReadableSpan): SpanRecord {
  const { name, kind, startTime, endTime, duration, status, attributes, events, links } = span
  const { traceId, spanId } = span.spanContext()
  return {
    name,
    kind,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    startTime,
    endTime,
    duration,
    status,
    attributes,
    events: events.filter(event => event.name !== 'exception'),
    links: links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
  }
}

/** Converts the record of a span to what an exporter takes. */
export function toReadableSpan(record: SpanRecord, resource: Resource): ReadableSpan {
  const { traceId, spanId, parentSpanId, links, events, attributes, ...own } = record
  const contextOf = (id: string, trace = traceId) => ({ traceId: trace, spanId: id, traceFlags: TraceFlags.SAMPLED })
  const { [ATTRIBUTES.userId]: userId, ...others } = attributes
  return {
    ...own,
    spanContext: () => contextOf(spanId),
    ...(parentSpanId !== undefined && { parentSpanContext: contextOf(parentSpanId) }),
    attributes: userId === undefined ? others : { ...others, [AZURE_USER_ID]: userId },
    events: [...events],
    links: links.map((link): Link => ({ context: contextOf(link.spanId, link.traceId) })),
    ended: true,
    resource,
    instrumentationScope: { name: 'pellucid' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
