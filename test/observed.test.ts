import t from 'tap'
import { attributesOf, startCollector } from './worlds/collector.ts'
import { nameSession, say, startServer } from './worlds/server-world.ts'

t.test('a message is one trace with a span for each step', async t => {
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
      // Trace viewers sort spans by start time.
      .sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)))
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
  const session = nameSession(server, session_id)
  const named = (name: string) => spans.find(span => span.name === name)
  for (const span of spans) {
    t.match(attributesOf(span), { 'session.id': session, 'gen_ai.conversation.id': session, 'user.id': /^u_/ }, span.name)
  }
  t.match(attributesOf(named('POST /chat')), {
    'chatbot.turn.id': body.turn_id,
    'http.request.method': 'POST',
    'http.route': '/chat',
    'http.response.status_code': 200,
    'url.scheme': 'http',
  })
  t.match(attributesOf(named('invoke_agent pellucid')), {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.conversation.id': session,
    'session.id': session,
  })
  t.match(attributesOf(named('retrieval documents')), {
    'gen_ai.operation.name': 'retrieval',
    'gen_ai.data_source.id': 'documents',
    'gen_ai.retrieval.top_k': 10,
    'chatbot.retrieval.hits': 10,
    'chatbot.retrieval.top_score': Number,
    'chatbot.retrieval.abstained': false,
  })
  t.match(attributesOf(named('INSERT turns')), { 'db.system.name': 'sqlite', 'db.query.summary': 'INSERT turns' })
  t.equal(named('POST /chat')?.kind, 2, 'SERVER')
  t.equal(named('INSERT turns')?.kind, 3, 'CLIENT')
  t.match(collector.resources[0], { 'service.name': 'chatbot', 'service.version': /^\d+\.\d+\.\d+/ })
  t.notMatch(JSON.stringify(collector.spans), /add documents\?|"ada"/, 'no text and no user in it')
})

t.test('a trace has content only if configured, redacted, and marks a fallback', async t => {
  const collector = await startCollector(t)
  const server = await startServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_CAPTURE_CONTENT: 'redacted',
  })
  const message = 'zyzzyva quokka of ada@example.com?'
  const { body } = await say(server.address, message)
  t.equal(body.kind, 'fallback')
  await server.stop()
  const { 'gen_ai.input.messages': input, 'gen_ai.output.messages': output } = attributesOf(
    collector.named('invoke_agent pellucid'),
  )
  t.same(JSON.parse(String(input)), [
    { role: 'user', parts: [{ type: 'text', content: message.replace('ada@example.com', '[email]') }] },
  ])
  t.same(JSON.parse(String(output)), [
    { role: 'assistant', parts: [{ type: 'text', content: body.response }], finish_reason: 'stop' },
  ])
  t.equal(attributesOf(collector.named('retrieval documents'))['chatbot.retrieval.abstained'], true)
  t.equal(
    attributesOf(collector.named('INSERT sessions'))['session.id'],
    nameSession(server, body.session_id),
    'the first write already has the new id',
  )
})

t.test('a server error marks its trace as failed, a client error does not', async t => {
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
    'health checks are not traced',
  )
})

t.test('metrics count requests by route and outcome', async t => {
  const server = await startServer(t, { DIAGNOSTIC_ROUTES: 'true' })
  await say(server.address, 'hello')
  await say(server.address, '/help')
  await say(server.address, '')
  await fetch(`${server.address}/cause-error`)
  await fetch(`${server.address}/nowhere/${Math.random()}`)
  const reply = await fetch(`${server.address}/metrics`)
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'],
    ['cache-control', 'no-store'],
    ['content-type', 'text/plain'],
  ])
    t.equal(reply.headers.get(name!), value)
  const metrics = await reply.text()
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

t.test('the id of a session, wherever a client sends it, appears in replies only', async t => {
  const collector = await startCollector(t)
  const server = await startServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const { session_id: id } = (await say(server.address, 'hello')).body
  await say(server.address, `my session is ${id}`, { session_id: id }, { 'x-request-id': id })
  await say(server.address, `/feedback good ${id}`, { session_id: id })
  const headers = { 'x-request-id': id, referer: `${server.address}/sessions/${id}` }
  for (const path of [`/session/${id}`, `/sessions/${id}/turn?session=${id}`, `/chat?session_id=${id}`])
    await fetch(server.address + path, { headers })
  await fetch(`${server.address}/sessions/${id}`, { method: 'POST' })
  await server.stop()
  const lines = server.logLines()
  t.match(
    lines.filter(({ route }) => route === 'unmatched').map(({ path }) => path),
    ['/session/[redacted]', '/sessions/[redacted]/turn', '/chat', '/sessions/[redacted]'],
  )
  for (const sink of [server.output(), JSON.stringify(lines), JSON.stringify(collector.spans)]) t.notMatch(sink, id)
})

t.test('the id of an unknown session is neither logged nor traced', async t => {
  const collector = await startCollector(t)
  const server = await startServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const given = [
    'sk_test_4eC39HqLyjWDarjt',
    'DE89370400440532013000ab',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'Jane Roe',
    '../../etc/passwd',
  ]
  for (const session_id of given) t.match(await say(server.address, 'hello', { session_id }), { status: 404 })
  await server.stop()
  const output = JSON.stringify([collector.spans, server.logLines()])
  t.match(output, /invoke_agent pellucid/)
  for (const text of given) t.notOk(output.includes(text), text)
})
