import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TimeInput,
  trace,
} from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import t from 'tap'
import { SpanBatch } from '../../otel/encoding/span-batch.ts'
import { ChildSpan } from '../../otel/tracing/child-span.ts'

type Recorded = Span & ReadableSpan

const START_MS = 1_700_000_000_000.25
const ended: ReadableSpan[] = []
const collect: SpanProcessor = {
  onStart() {},
  onEnding: span => void span.setAttribute('set.last', span.isRecording()),
  onEnd: span => void ended.push(span),
  forceFlush: async () => {},
  shutdown: async () => {},
}
const provider = new TracerProvider({ resource: resourceFromAttributes({ a: 1 }), spanProcessors: [collect] })
const tracer = provider.getTracer('pellucid')
const parent = tracer.startSpan('parent') as Recorded
const LINKED: SpanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 }

/** Does the same to a span of the SDK and to one of ours, and returns both as they ended. */
function record(attributes: Attributes | undefined, act: (span: Span) => void): readonly ReadableSpan[] {
  const options = { kind: SpanKind.CLIENT, attributes, startTime: START_MS }
  const official = tracer.startSpan('step', options, trace.setSpan(ROOT_CONTEXT, parent))
  const { spanId } = official.spanContext()
  const own = new ChildSpan({ ...options, name: 'step', parent, spanId, processors: [collect] })
  for (const span of [official, own]) {
    act(span)
    span.end(START_MS + 0.5)
  }
  return ended.splice(0)
}

function encode(span: ReadableSpan | undefined): Buffer {
  const batch = new SpanBatch()
  if (span !== undefined) batch.add(span)
  return Buffer.from(batch.encode())
}

function isSame([official, own]: readonly ReadableSpan[]): boolean {
  return own !== undefined && encode(official).equals(encode(own))
}

t.test('a child span equals the span of the SDK, whatever is done to it', async () => {
  const text = fc.string({ maxLength: 8 })
  const value = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(undefined), fc.constant(new Date(0)), fc.array(text))
  const attributes = fc.dictionary(text, value as fc.Arbitrary<string>, { maxKeys: 200, size: 'max' })
  const time: fc.Arbitrary<TimeInput> = fc.oneof(
    fc.constant(START_MS),
    fc.constant(new Date(START_MS)),
    fc.constant<[number, number]>([1_700_000_000, 5]),
  )
  const code = fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR)
  const change: fc.Arbitrary<(span: Span) => void> = fc.oneof(
    fc.tuple(text, value).map(
      ([key, value]) =>
        (span: Span) =>
          span.setAttribute(key, value as string),
    ),
    attributes.map(given => (span: Span) => span.setAttributes(given)),
    fc.tuple(text, attributes, time).map(
      ([name, given, at]) =>
        (span: Span) =>
          span.addEvent(name, given, at),
    ),
    fc.tuple(text, time).map(
      ([name, at]) =>
        (span: Span) =>
          span.addEvent(name, at),
    ),
    attributes.map(given => (span: Span) => span.addLinks([{ context: LINKED, attributes: given }])),
    fc.tuple(code, fc.option(text, { nil: undefined })).map(
      ([code, message]) =>
        (span: Span) =>
          span.setStatus({ code, message }),
    ),
    text.map(name => (span: Span) => span.updateName(name)),
    fc.tuple(text, text, text, time).map(
      ([name, message, stack, at]) =>
        (span: Span) =>
          span.recordException({ name: name || 'E', message, stack }, at),
    ),
    fc.tuple(text, time).map(
      ([text, at]) =>
        (span: Span) =>
          span.recordException(text || 'thrown text', at),
    ),
  )
  fc.assert(
    fc.property(fc.option(attributes, { nil: undefined }), fc.array(change), (attributes, changes) =>
      isSame(
        record(attributes, span => {
          for (const change of changes) change(span)
        }),
      ),
    ),
  )
})

t.test('limits are the defaults of the SDK', async t => {
  const many = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`key ${i}`, i]))
  const spans = record(many, span => {
    span.setAttribute('another', 1).setAttribute('key 0', 'changed')
    for (let i = 0; i < 130; i++) span.addEvent(`event ${i}`, many, START_MS).addLink({ context: LINKED, attributes: many })
  })
  t.ok(isSame(spans))
  t.match(spans[1], { droppedAttributesCount: 4, droppedEventsCount: 2, droppedLinksCount: 2 })
})

t.test('a span that has ended does not change, and a negative duration is 0', async t => {
  const spans = record(undefined, span => {
    t.ok(span.isRecording())
    span.end(START_MS - 1000)
    t.notOk(span.isRecording())
    span
      .setAttribute('late', 1)
      .setAttributes({ late: 1 })
      .addEvent('late')
      .addLinks([{ context: LINKED }])
      .updateName('late')
    span.setStatus({ code: SpanStatusCode.ERROR }).end(START_MS + 1000)
  })
  t.equal(spans.length, 2)
  t.ok(isSame(spans))
  t.same(spans[1]?.duration, [0, 0])
})

t.test('events and the end have the time of the call by default', async t => {
  const before = Date.now()
  const own = new ChildSpan({
    name: 'step',
    kind: SpanKind.INTERNAL,
    attributes: undefined,
    parent,
    spanId: 'c'.repeat(16),
    startTime: before,
    processors: [],
  })
  own.addEvent('now')
  t.same(own.duration, [-1, -1], 'as in the SDK')
  own.end()
  for (const [seconds, nanoseconds] of [own.events[0]?.time ?? [0, 0], own.endTime])
    t.ok(Math.abs(seconds * 1000 + nanoseconds / 1e6 - before) < 60_000)
})
