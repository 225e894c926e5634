import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { diag, SpanStatusCode } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import t from 'tap'
import { exportStates } from '../../../otel/export-state.ts'
import { createSpanPipeline } from '../../../otel/sdk/span-pipeline.ts'
import { readTraceRequest } from '../../worlds/otlp-request.ts'
import { until } from '../../worlds/until.ts'

interface Received {
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: Buffer
}

/** What arrived at each path. */
const received: Record<string, Received[]> = { '/own': [], '/official': [] }
const server = createServer(async (request, reply) => {
  const { 'content-length': _, ...headers } = request.headers
  received[request.url ?? '']?.push({ headers, body: gunzipSync(await buffer(request)) })
  reply.end()
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
t.teardown(() => {
  server.closeAllConnections()
  server.close()
})
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
Object.assign(process.env, {
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${origin}/own`,
  OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret',
  OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '3',
  OTEL_BSP_SCHEDULE_DELAY: '20',
})

/** A provider that exports each span twice, with our processor and with the SDK's. */
function createProvider() {
  const official = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url: `${origin}/official` }),
    maxExportBatchSize: 3,
    scheduledDelayMillis: 20,
  })
  const detected = resourceFromAttributes({ 'host.id': new Promise<string>(resolve => setImmediate(resolve, 'read late')) })
  return new TracerProvider({
    resource: defaultResource().merge(detected),
    spanProcessors: [...createSpanPipeline().spanProcessors, official],
  })
}

function arrived() {
  const own = received['/own']?.splice(0) ?? []
  return { own, official: received['/official']?.splice(0) ?? [] }
}

t.test('requests are those of the official exporter: spans, resource, headers and compression', async t => {
  const provider = createProvider()
  const tracer = provider.getTracer('pellucid')
  const span = tracer.startSpan('full', { attributes: { text: 'tea 茶', list: [1, 2] } })
  span.addEvent('exception', { 'exception.message': 'x' }).setStatus({ code: SpanStatusCode.ERROR, message: 'Error' }).end()
  tracer.startSpan('second').end()
  await until(() => received['/own']?.length === 1 && received['/official']?.length === 1)
  const { own, official } = arrived()
  t.same(own, official)
  t.match(own[0]?.headers, { 'api-key': 'secret', 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf' })
  t.match(readTraceRequest(own[0]?.body ?? Buffer.of(), 'application/x-protobuf'), {
    resourceSpans: [
      { scopeSpans: [{ scope: { name: 'pellucid' }, spans: [{ name: 'full', status: { code: 2 } }, { name: 'second' }] }] },
    ],
  })
  t.match(own[0]?.body.toString('latin1'), /read late/, 'attributes of the resource are awaited')
  await provider.shutdown()
})

t.test('batches have at most the configured size, and a full one is exported at once', async t => {
  const provider = createProvider()
  for (let i = 0; i < 7; i++) provider.getTracer('pellucid').startSpan(`span ${i}`).end()
  await until(() => received['/own']?.length === 3 && received['/official']?.length === 3)
  const { own, official } = arrived()
  t.same(own, official)
  t.same(
    own.map(({ body }) => body.toString('latin1').match(/span \d/g)?.length),
    [3, 3, 1],
  )
  await provider.shutdown()
})

t.test('a shutdown exports what waits, and later spans are ignored', async t => {
  const provider = createProvider()
  const tracer = provider.getTracer('pellucid')
  for (let i = 0; i < 4; i++) tracer.startSpan(`last ${i}`).end()
  await provider.shutdown()
  const texts = arrived().own.map(({ body }) => body.toString('latin1'))
  t.same(texts.flatMap(text => text.match(/last \d/g)).sort(), ['last 0', 'last 1', 'last 2', 'last 3'])
  tracer.startSpan('late').end()
  await provider.forceFlush()
  t.same(arrived().own, [])
})

t.test('spans that are not sampled are not exported', async t => {
  const provider = new TracerProvider({ ...createSpanPipeline(), sampler: { shouldSample: () => ({ decision: 1 }) } })
  provider.getTracer('pellucid').startSpan('recorded only').end()
  await provider.shutdown()
  t.same(arrived().own, [])
})

t.test('a shutdown waits for a batch that waits for its resource', async t => {
  const hostId = Promise.withResolvers<string>()
  const resource = resourceFromAttributes({ 'host.id': hostId.promise })
  const provider = new TracerProvider({ ...createSpanPipeline(), resource })
  for (let i = 0; i < 3; i++) provider.getTracer('pellucid').startSpan(`full batch ${i}`).end()
  setImmediate(hostId.resolve, 'read late')
  await provider.forceFlush()
  t.match(arrived().own[0]?.body.toString('latin1'), /read late/)
  await provider.shutdown()
})

t.test('a batch is exported even if an attribute of its resource cannot be read', async t => {
  const resource = {
    ...{ attributes: {}, asyncAttributesPending: true, getRawAttributes: () => [] },
    merge: () => defaultResource(),
    waitForAsyncAttributes: () => Promise.reject(new Error('unreadable')),
  }
  const provider = new TracerProvider({ ...createSpanPipeline(), resource })
  provider.getTracer('pellucid').startSpan('kept').end()
  await provider.forceFlush()
  t.match(arrived().own[0]?.body.toString('latin1'), /kept/)
  await provider.shutdown()
})

t.test('a span that cannot be encoded is a warning and not a failure of the collector', async t => {
  const warnings: unknown[][] = []
  const ignore = () => {}
  diag.setLogger({ verbose: ignore, debug: ignore, info: ignore, error: ignore, warn: (...line) => warnings.push(line) })
  t.teardown(() => diag.disable())
  const provider = new TracerProvider(createSpanPipeline())
  const tracer = provider.getTracer('pellucid')
  const state = () => exportStates('traces').at(-1)
  tracer.startSpan(undefined as never).end()
  t.match(state(), { dropped: 1, failures: 0, failure: undefined, waiting: 0, stalledSinceMs: undefined })
  t.match(warnings, [['A span could not be encoded and was dropped', Error]])
  tracer.startSpan('valid').end()
  await until(() => state()?.exported === 1)
  t.match(state(), { dropped: 1, failures: 0, waiting: 0 })
  t.equal(arrived().own.length, 1)
  await provider.shutdown()
})
