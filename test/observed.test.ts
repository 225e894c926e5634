import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { say, startServer } from './worlds/server-world.ts'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly status?: { readonly code?: number }
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

t.test('a message is one trace whose spans are the steps of its road', async t => {
  const collector = await startCollector(t)
  const server = await startServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const { session_id } = (await say(server.address, 'hello')).body
  const { body, headers } = await say(
    server.address,
    'how do I add documents?',
    { session_id, user_id: 'ada' },
    { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  )
  t.equal(body.trace_id, traceId, "the caller's trace is continued")
  t.equal(headers.get('x-trace-id'), traceId)
  await server.stop()

  const spans = collector.spans.filter(span => span.traceId === traceId)
  const tree = (parent: string | undefined, depth = 0): string[] =>
    spans
      .filter(span => span.parentSpanId === parent)
      .flatMap(span => [`${'  '.repeat(depth)}${span.name}`, ...tree(span.spanId, depth + 1)])
  t.same(tree('b7ad6b7169203331'), [
    'POST /chat',
    '  invoke_agent pellucid',
    '    queue',
    '    session resume',
    '      SELECT sessions',
    '    parse',
    '    retrieval documents',
    '      SELECT passages',
    '    answer',
    '    store',
    '      INSERT turns',
  ])
  const named = (name: string) => spans.find(span => span.name === name)
  t.match(attributesOf(named('POST /chat')), {
    'http.request.method': 'POST',
    'http.route': '/chat',
    'http.response.status_code': 200,
    'url.path': '/chat',
  })
  t.match(attributesOf(named('invoke_agent pellucid')), {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.conversation.id': session_id,
    'session.id': session_id,
  })
  t.match(attributesOf(named('retrieval documents')), { 'gen_ai.data_source.id': 'documents', 'gen_ai.retrieval.top_k': 10 })
  t.match(attributesOf(named('INSERT turns')), { 'db.system.name': 'sqlite', 'db.query.summary': 'INSERT turns' })
  t.equal(named('POST /chat')?.kind, 2, 'SERVER')
  t.equal(named('INSERT turns')?.kind, 3, 'CLIENT')
  t.match(collector.resources[0], { 'service.name': 'chatbot', 'service.version': /^\d+\.\d+\.\d+/ })
  t.notMatch(JSON.stringify(collector.spans), /add documents\?|"ada"/, 'no text and no user in it')
})

t.test("a client's mistake does not mark its trace as failed, the server's own does", async t => {
  const collector = await startCollector(t)
  const server = await startServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    DIAGNOSTIC_ROUTES: 'true',
  })
  const missing = await say(server.address, 'hello', { session_id: 'x'.repeat(24) })
  const broken = (await (await fetch(`${server.address}/cause-error`)).json()) as { trace_id: string }
  await fetch(`${server.address}/health`)
  await server.stop()
  const of = (traceId: string) => collector.spans.filter(span => span.traceId === traceId)
  t.ok(of(missing.body.trace_id).length > 1)
  for (const span of of(missing.body.trace_id)) t.not(span.status?.code, 2, `${span.name} of a 404`)
  t.equal(of(broken.trace_id).find(span => span.name === 'GET /cause-error')?.status?.code, 2)
  t.notOk(
    collector.spans.some(span => /health/.test(span.name)),
    'what asks for health leaves no trace',
  )
})

t.test('metrics count what was served, by route and outcome', async t => {
  const server = await startServer(t, { DIAGNOSTIC_ROUTES: 'true' })
  await say(server.address, 'hello')
  await say(server.address, '/help')
  await say(server.address, '')
  await fetch(`${server.address}/cause-error`)
  await fetch(`${server.address}/nowhere/${Math.random()}`)
  const metrics = await (await fetch(`${server.address}/metrics`)).text()
  for (const line of [
    'chatbot_requests_total{endpoint="/chat",status="success"} 2',
    'chatbot_requests_total{endpoint="/chat",status="client_error"} 1',
    'chatbot_requests_total{endpoint="/cause-error",status="error"} 1',
    'chatbot_requests_total{endpoint="unmatched",status="client_error"} 1',
    'chatbot_response_time_seconds_count{endpoint="/chat"} 3',
    'chatbot_active_sessions 2',
  ]) {
    t.ok(metrics.includes(line), line)
  }
  const names = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  for (const name of names) t.match(metrics, new RegExp(`# HELP ${name} .{10,}`), `${name} has a help text`)
})

async function startCollector(t: { teardown(fn: () => unknown): void }) {
  const spans: Span[] = []
  const resources: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans ?? []) {
        resources.push(attributesOf(resource))
        for (const scope of scopeSpans) spans.push(...scope.spans)
      }
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, resources }
}

function attributesOf(holder: Pick<Span, 'attributes'> | undefined): Record<string, unknown> {
  return Object.fromEntries((holder?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]))
}
