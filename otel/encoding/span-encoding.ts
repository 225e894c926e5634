import type { Attributes, AttributeValue, Link, SpanContext, SpanStatus } from '@opentelemetry/api'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import type { ProtobufWriter } from './protobuf-writer.ts'

/** Flags of a span in addition to its trace flags: its parent is known, its parent is remote. */
const REMOTE_IS_KNOWN = 0x100
const IS_REMOTE = 0x200

/**
 * Writes an ended span as a field, byte for byte as the official exporter does. Field numbers are
 * those of `opentelemetry/proto/trace/v1/trace.proto`.
 */
export function writeSpan(to: ProtobufWriter, field: number, span: ReadableSpan): void {
  const message = to.begin(field)
  const context = span.spanContext()
  writeIds(to, context)
  const parentId = span.parentSpanContext?.spanId
  if (parentId) to.hexadecimal(4, parentId)
  to.text(5, span.name)
  // The API counts from 0; in OTLP 0 means unspecified.
  to.integer(6, span.kind + 1)
  to.nanoseconds(7, span.startTime)
  to.nanoseconds(8, span.endTime)
  writeAttributes(to, 9, span.attributes)
  to.integer(10, span.droppedAttributesCount)
  for (const event of span.events) writeEvent(to, 11, event)
  to.integer(12, span.droppedEventsCount)
  for (const link of span.links) writeLink(to, 13, link)
  to.integer(14, span.droppedLinksCount)
  writeStatus(to, 15, span.status)
  to.fixed32(16, flagsOf(context.traceFlags, span.parentSpanContext?.isRemote))
  to.end(message)
}

/** Writes attributes as repeated fields of key and value. */
export function writeAttributes(to: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) if (Object.hasOwn(attributes, key)) writeKeyValue(to, field, key, attributes[key])
}

function writeIds(to: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  to.hexadecimal(1, traceId)
  to.hexadecimal(2, spanId)
  const state = traceState?.serialize()
  if (state) to.text(3, state)
}

function writeEvent(to: ProtobufWriter, field: number, { time, name, attributes, droppedAttributesCount }: TimedEvent): void {
  const message = to.begin(field)
  to.nanoseconds(1, time)
  to.text(2, name)
  if (attributes !== undefined) writeAttributes(to, 3, attributes)
  to.integer(4, droppedAttributesCount ?? 0)
  to.end(message)
}

function writeLink(to: ProtobufWriter, field: number, { context, attributes, droppedAttributesCount }: Link): void {
  const message = to.begin(field)
  writeIds(to, context)
  if (attributes !== undefined) writeAttributes(to, 4, attributes)
  to.integer(5, droppedAttributesCount ?? 0)
  to.fixed32(6, flagsOf(context.traceFlags, context.isRemote))
  to.end(message)
}

function writeStatus(to: ProtobufWriter, field: number, { code, message: text }: SpanStatus): void {
  const message = to.begin(field)
  if (text) to.text(2, text)
  to.integer(3, code)
  to.end(message)
}

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | REMOTE_IS_KNOWN | (isRemote ? IS_REMOTE : 0)
}

function writeKeyValue(to: ProtobufWriter, field: number, key: string, value: unknown): void {
  const message = to.begin(field)
  to.text(1, key)
  writeValue(to, 2, value)
  to.end(message)
}

/** A value that is null or undefined has no field: it is an empty message. */
function writeValue(to: ProtobufWriter, field: number, value: AttributeValue | unknown): void {
  const message = to.begin(field)
  if (typeof value === 'string') to.text(1, value)
  else if (typeof value === 'boolean') to.integer(2, value ? 1 : 0)
  else if (typeof value === 'number') writeNumber(to, value)
  else if (value instanceof Uint8Array) to.bytes(7, value)
  else if (Array.isArray(value)) {
    const list = to.begin(5)
    for (const item of value) writeValue(to, 1, item)
    to.end(list)
  } else if (typeof value === 'object' && value !== null) {
    const map = to.begin(6)
    writeAttributes(to, 1, value as Attributes)
    to.end(map)
  }
  to.end(message)
}

function writeNumber(to: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) to.int64(3, value)
  else to.double(4, value)
}
