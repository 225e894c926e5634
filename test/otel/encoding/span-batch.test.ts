import {
  type Attributes,
  createTraceState,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import t from 'tap'
import { SpanBatch } from '../../../otel/encoding/span-batch.ts'

const TRACE_ID = '0123456789abcdef0123456789ABCDEF'
const SPAN_ID = 'fedcba9876543210'
const PARENT: SpanContext = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true }

/** Every kind of value that the SDK accepts, and some that it drops. */
const VALUES: Attributes = {
  text: 'tea',
  empty: '',
  unicode: 'Grüße 茶 🍵',
  unpaired: 'half \ud83c of a pair',
  '': 'without a name',
  ключ: 'name of two-byte characters',
  long: 'a'.repeat(127),
  longer: 'a'.repeat(128),
  'long unicode': 'é'.repeat(127),
  huge: 'x'.repeat(3_000_000),
  yes: true,
  no: false,
  zero: 0,
  'negative zero': -0,
  one: 1,
  negative: -1,
  '32 bits': 2 ** 32 - 1,
  'more than 32 bits': 2 ** 32 + 5,
  'a safe integer': Number.MAX_SAFE_INTEGER,
  'a negative one': Number.MIN_SAFE_INTEGER,
  'largest int64': 2 ** 63 - 1024,
  'smallest int64': -(2 ** 63),
  'beyond int64': 2 ** 63,
  'below int64': -(2 ** 64),
  fraction: 0.1,
  tiny: Number.MIN_VALUE,
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  texts: ['a', '', 'ß'],
  numbers: [1, -2, 0.5],
  booleans: [true, false],
  'an empty list': [],
  'with gaps': ['a', null, undefined, 'b'],
  bytes: Uint8Array.of(0, 255),
  nested: { list: [{ deep: 'value' }, [1, [2]]], nothing: null, empty: {} },
  nothing: null,
  date: new Date(0) as never,
}

/** Creates spans with a real provider and returns them as they ended. */
function record(create: (provider: TracerProvider) => void, spanLimits = {}): ReadableSpan[] {
  const ended: ReadableSpan[] = []
  const collect: SpanProcessor = {
    onStart() {},
    onEnd: span => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const resource = resourceFromAttributes({ 'service.name': 'chatbot', list: ['a'] }, { schemaUrl: 'https://example.com/1' })
  create(new TracerProvider({ resource, spanProcessors: [collect], spanLimits }))
  return ended
}

function encode(spans: readonly ReadableSpan[]): Buffer {
  const batch = new SpanBatch()
  for (const span of spans) batch.add(span)
  return Buffer.from(batch.encode())
}

function isSame(spans: ReadableSpan[]): boolean {
  const official = ProtobufTraceSerializer.serializeRequest(spans)
  return official !== undefined && encode(spans).equals(official)
}

t.test('spans are encoded byte for byte as by the official exporter', async t => {
  const remote = trace.setSpanContext(ROOT_CONTEXT, { ...PARENT, traceState: createTraceState('vendor=1,other=ü') })
  const links: Link[] = [{ context: PARENT, attributes: VALUES }, { context: { ...PARENT, isRemote: false, traceFlags: 0 } }]
  const spans = record(provider => {
    const tracer = provider.getTracer('pellucid')
    for (const kind of [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER])
      tracer.startSpan(`kind ${kind}`, { kind, startTime: 1_700_000_000_123.25 }, remote).end(1_700_000_000_124.5)
    const full = tracer.startSpan('name with 茶', { attributes: VALUES, links }, remote)
    full.addEvent('event', VALUES, 1_700_000_000_000).addEvent('', [1_700_000_000, 999_999_999]).addEvent('now')
    full.setStatus({ code: SpanStatusCode.ERROR, message: 'failed: ß' }).end()
    tracer.startSpan('', { startTime: 0 }).setStatus({ code: SpanStatusCode.OK }).end([4_294_967_295, 999_999_999])
    tracer.startSpan('without message').setStatus({ code: SpanStatusCode.ERROR, message: '' }).end()
    provider.getTracer('other', '1.2.3', { schemaUrl: 'https://example.com/2' }).startSpan('of another scope').end()
    tracer.startSpan('of the first scope again').end()
  })
  t.equal(spans.length, 10)
  t.ok(isSame(spans))
  for (const span of spans) t.ok(isSame([span]), span.name)
})

t.test('dropped attributes, events and links are counted as by the official exporter', async t => {
  const limits = {
    attributeCountLimit: 2,
    attributeValueLengthLimit: 3,
    eventCountLimit: 1,
    linkCountLimit: 1,
    attributePerEventCountLimit: 1,
    attributePerLinkCountLimit: 1,
  }
  const attributes = { a: 'long text', b: ['long text'], c: 3, d: 4 }
  const spans = record(provider => {
    const links = [1, 2, 3].map(() => ({ context: PARENT, attributes }))
    const span = provider.getTracer('pellucid').startSpan('limited', { attributes, links })
    span.setAttributes({ e: 5 }).addEvent('first', attributes).addEvent('second', attributes).end()
  }, limits)
  t.match(spans, [{ droppedAttributesCount: 3, droppedEventsCount: 1, droppedLinksCount: 2 }])
  t.ok(isSame(spans))
})

t.test('any span is encoded byte for byte as by the official exporter', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', minLength: 100, maxLength: 200 }))
  const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double())
  const attributes = fc.dictionary(text, fc.oneof(text, number, fc.boolean(), fc.array(text), fc.array(number)), { maxKeys: 20 })
  const time = fc.integer({ min: 0, max: 4_000_000_000_000 })
  fc.assert(
    fc.property(text, attributes, attributes, time, time, (name, own, ofEvent, start, duration) =>
      isSame(
        record(provider => {
          const span = provider.getTracer('pellucid').startSpan(name, { attributes: own, startTime: start })
          span.addEvent(name, ofEvent, start).end(start + duration)
        }),
      ),
    ),
  )
})

t.test('a batch without spans is an empty request', async t => {
  t.ok(isSame([]))
})

t.test('a span that cannot be encoded leaves the batch as it was', async t => {
  const spans = record(provider => {
    const tracer = provider.getTracer('pellucid')
    for (const name of ['first', undefined as never, 'last']) tracer.startSpan(name).end()
  })
  const batch = new SpanBatch()
  batch.add(spans[0]!)
  t.throws(() => batch.add(spans[1]!), TypeError)
  batch.add(spans[2]!)
  t.equal(batch.count, 2)
  t.same(Buffer.from(batch.encode()), encode([spans[0]!, spans[2]!]))
})
