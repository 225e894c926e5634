import t from 'tap'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { startRequestSpan } from '../../otel/tracing/request-span.ts'
import { setSpanRules } from '../../otel/tracing/span-rules.ts'
import { activeTraceIds, traceDatabase, traced } from '../../otel/tracing.ts'
import { ChatError } from '../../src/errors.ts'
import { toErrorRecord } from '../../src/logging/record/error-record.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { attributesOf, startCollector } from '../worlds/collector.ts'

const PARENT_TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT_SPAN = 'b7ad6b7169203331'

t.test('a request is one trace at the collector, with steps in the right order', async t => {
  const collector = await startCollector(t)
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  })
  await startTelemetry()
  const { text: redactText, record: redactRecord } = createRedactor()
  setSpanRules({
    isServiceFault: error => !(error instanceof ChatError && error.code === 'SESSION_NOT_FOUND'),
    redactText,
    describeError: error => redactRecord(toErrorRecord(error, redactText)),
  })

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
  const request = startRequestSpan({ method: 'POST', scheme: 'https', route: '/chat', headers })
  t.equal(request.traceId, PARENT_TRACE)
  await request.run(async () => {
    t.equal(parse('hello'), 5)
    t.match(await store(), { trace_id: PARENT_TRACE, span_id: /^[\da-f]{16}$/ })
    await t.rejects(refuse(), { code: 'SESSION_NOT_FOUND' })
    t.throws(fail, { code: 'DATABASE_UNAVAILABLE' })
    t.equal(traced('outer', () => traced('inner', activeTraceIds)())()?.span_id.length, 16)
    await fetch(`${collector.url}/elsewhere`, { method: 'POST', body: '{}' })
  })
  request.end({ statusCode: 503, error: new ChatError('DATABASE_UNAVAILABLE') })
  startRequestSpan({ method: 'GET', scheme: 'http', route: undefined, headers: {} }).end({ statusCode: 404 })
  await stopTelemetry(2000)
  t.equal(activeTraceIds(), undefined)

  const spans = new Map(collector.spans.map(span => [span.name, span]))
  const root = spans.get('POST /chat')

  t.match(collector.resources[0] ?? {}, {
    'service.name': 'chatbot',
    'service.version': /^\d+\.\d+\.\d+$/,
    'service.instance.id': /^[\da-f]{8}-[\da-f-]{27}$/,
    'deployment.environment.name': 'test',
  })
  t.match(root, { traceId: PARENT_TRACE, parentSpanId: PARENT_SPAN, kind: 2, status: { code: 2 } })
  t.match(attributesOf(root), {
    'http.request.method': 'POST',
    'http.route': '/chat',
    'url.scheme': 'https',
    'http.response.status_code': 503,
    'error.type': 'DATABASE_UNAVAILABLE',
  })
  for (const name of ['parse', 'store', 'session resume', 'search', 'outer']) {
    t.match(spans.get(name), { traceId: PARENT_TRACE, parentSpanId: root?.spanId, kind: 1 }, `${name} is a step of the request`)
  }
  t.same(attributesOf(spans.get('parse')), { 'chatbot.chars': 5, 'chatbot.length': 5 })
  t.equal(spans.get('inner')?.parentSpanId, spans.get('outer')?.spanId)

  t.match(spans.get('INSERT turns'), { parentSpanId: spans.get('store')?.spanId, kind: 3 })
  t.match(attributesOf(spans.get('INSERT turns')), {
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
  t.equal(attributesOf(spans.get('search'))['error.type'], 'DATABASE_UNAVAILABLE')

  t.equal(attributesOf(spans.get('GET'))['url.path'], undefined, 'unmatched paths are not exported')
  t.match(JSON.stringify(spans.get('search')), /not for \[email\]/, 'error texts are redacted')
  t.notMatch(JSON.stringify(collector.spans), /ada@example/)

  t.match(spans.get('POST'), { kind: 3, parentSpanId: root?.spanId }, 'an outgoing call is a span')
  t.match(spans.get('GET'), { kind: 2, parentSpanId: undefined, status: { code: 0 } })
  t.not(spans.get('GET')?.traceId, PARENT_TRACE)

  t.match(collector.bodies['/v1/metrics']?.join(), /"chatbot_turns_total".*"unit":"\{turn\}"/, 'metrics are pushed')
  t.match(collector.bodies['/v1/metrics']?.join(), /db_client_operation|chatbot_/)
  t.equal(collector.bodies['/v1/logs'], undefined, 'log lines are not exported over OTLP')
})
