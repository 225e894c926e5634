import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t from 'tap'
import { startRequestSpan } from '../../otel/request-span.ts'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { activeTraceIds, inSpan, judgeFailuresBy, redactTextBy, traceDatabase, traced } from '../../otel/tracing.ts'
import { ChatError } from '../../src/errors.ts'

interface Value {
  readonly stringValue?: string
  readonly intValue?: number
  readonly doubleValue?: number
}

interface OtlpSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string; readonly value: Value }[]
  readonly events: readonly { readonly name: string }[]
  readonly status: { readonly code: number }
}

const PARENT_TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT_SPAN = 'b7ad6b7169203331'

/** A collector in little: takes OTLP over HTTP as JSON and keeps what it was sent, by signal. */
async function startCollector() {
  const received: Record<string, unknown[]> = {}
  const server = createServer(async (request, reply) => {
    const signal = request.url ?? ''
    received[signal] = [...(received[signal] ?? []), await json(request)]
    reply.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { received, origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}

function facts(attributes: OtlpSpan['attributes']): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.doubleValue]))
}

t.test('a served request is one trace at the collector, each step where it belongs', async t => {
  const collector = await startCollector()
  t.teardown(collector.close)
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  })
  await startTelemetry()
  redactTextBy(text => text.replaceAll('ada@example.com', '[email]'))
  judgeFailuresBy(error => !(error instanceof ChatError && error.code === 'SESSION_NOT_FOUND'))

  const durations: string[] = []
  const parse = traced('parse', (message: string) => message.length, {
    attributes: message => ({ 'chatbot.chars': message.length }),
    outcome: length => ({ 'chatbot.length': length, 'chatbot.nothing': undefined }),
  })
  const store = traced('store', async () => {
    const operation = { name: 'INSERT turns', text: 'appendTurn', kind: 'write' } as const
    return traceDatabase(
      operation,
      async () => activeTraceIds(),
      name => durations.push(name),
    )
  })
  const refuse = traced('session resume', async () => {
    throw new ChatError('SESSION_NOT_FOUND')
  })
  const fail = traced('search', (): never => {
    throw new ChatError('DATABASE_UNAVAILABLE', { message: 'not for ada@example.com' })
  })

  const headers = { traceparent: `00-${PARENT_TRACE}-${PARENT_SPAN}-01` }
  const request = startRequestSpan({ method: 'POST', route: '/chat', headers })
  t.equal(request.traceId, PARENT_TRACE)
  await request.run(async () => {
    t.equal(parse('hello'), 5)
    t.match(await store(), { trace_id: PARENT_TRACE, span_id: /^[\da-f]{16}$/ })
    await t.rejects(refuse(), { code: 'SESSION_NOT_FOUND' })
    t.throws(fail, { code: 'DATABASE_UNAVAILABLE' })
    t.equal(inSpan('outer', {}, span => inSpan('inner', {}, () => span.spanContext().spanId)).length, 16)
    await fetch(`${collector.origin}/elsewhere`, { method: 'POST', body: '{}' })
  })
  request.end({ route: '/chat', statusCode: 503, error: new ChatError('DATABASE_UNAVAILABLE') })
  startRequestSpan({ method: 'GET', route: undefined, headers: {} }).end({ route: undefined, statusCode: 404 })
  await stopTelemetry(2000)
  t.equal(activeTraceIds(), undefined)

  const batches = collector.received['/v1/traces'] as {
    resourceSpans: { resource: OtlpSpan; scopeSpans: { spans: OtlpSpan[] }[] }[]
  }[]
  const resources = batches.flatMap(batch => batch.resourceSpans)
  const spans = new Map(
    resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).map(span => [span.name, span]),
  )
  const root = spans.get('POST /chat')

  t.match(facts(resources[0]?.resource.attributes ?? []), {
    'service.name': 'chatbot',
    'service.version': /^\d+\.\d+\.\d+$/,
    'deployment.environment.name': 'test',
  })
  t.match(root, { traceId: PARENT_TRACE, parentSpanId: PARENT_SPAN, kind: 2, status: { code: 2 } })
  t.match(facts(root?.attributes ?? []), {
    'http.request.method': 'POST',
    'http.route': '/chat',
    'url.path': '/chat',
    'http.response.status_code': 503,
    'error.type': 'DATABASE_UNAVAILABLE',
  })
  for (const name of ['parse', 'store', 'session resume', 'search', 'outer']) {
    t.match(spans.get(name), { traceId: PARENT_TRACE, parentSpanId: root?.spanId, kind: 1 }, `${name} is a step of the request`)
  }
  t.same(facts(spans.get('parse')?.attributes ?? []), { 'chatbot.chars': 5, 'chatbot.length': 5 })
  t.equal(spans.get('inner')?.parentSpanId, spans.get('outer')?.spanId)

  t.match(spans.get('INSERT turns'), { parentSpanId: spans.get('store')?.spanId, kind: 3 })
  t.match(facts(spans.get('INSERT turns')?.attributes ?? []), {
    'db.system.name': 'sqlite',
    'db.query.summary': 'INSERT turns',
    'db.stored_procedure.name': 'appendTurn',
  })
  t.same(durations, ['INSERT turns'])

  t.match(
    spans.get('session resume'),
    { status: { code: 0 }, events: [{ name: 'exception' }] },
    "a client's fault marks nothing as failed",
  )
  t.match(spans.get('search'), { status: { code: 2 }, events: [{ name: 'exception' }] })
  t.equal(facts(spans.get('search')?.attributes ?? [])['error.type'], 'DATABASE_UNAVAILABLE')

  t.equal(facts(spans.get('GET')?.attributes ?? [])['url.path'], undefined, 'a path that leads nowhere may say anything')
  t.match(JSON.stringify(spans.get('search')), /not for \[email\]/, 'the text of an error is on the span, redacted')
  t.notMatch(JSON.stringify(batches), /ada@example/)

  t.match(spans.get('POST'), { kind: 3, parentSpanId: root?.spanId }, 'a call that leaves the process is a span, too')
  t.match(spans.get('GET'), { kind: 2, parentSpanId: undefined, status: { code: 0 } })
  t.not(spans.get('GET')?.traceId, PARENT_TRACE)

  t.match(
    JSON.stringify(collector.received['/v1/metrics']),
    /"chatbot_turns_total".*"unit":"\{turn\}"/,
    'metrics are pushed as well',
  )
  t.match(JSON.stringify(collector.received['/v1/metrics']), /db_client_operation|chatbot_/)
  t.equal(collector.received['/v1/logs'], undefined, 'log lines go through the files alone')
})
