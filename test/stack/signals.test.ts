import t from 'tap'
import { createClient } from './world/client.ts'
import { startStack } from './world/stack.ts'
import { describeLine, describeRecord, readLogFiles, SEVERITIES, subtract } from './world/telemetry/log-files.ts'
import { openReceived } from './world/telemetry/received.ts'
import { drawTree, QUESTION_TREE } from './world/telemetry/span-tree.ts'
import { driveTraffic, SLOW_TURN_MS } from './world/traffic.ts'
import { until } from './world/waiting.ts'

t.test('the telemetry of a turn arrives complete and once', async t => {
  const stack = await startStack(t, { variables: { DIAGNOSTIC_ROUTES: 'true' } })
  const received = openReceived()
  const client = createClient()
  const traffic = await driveTraffic(client)
  const of = (traceId: string) => received.spans().filter(span => span.traceId === traceId)
  const hasArrived = (traceId: string) => of(traceId).some(({ name }) => name === 'POST /chat')
  // Traces with a remote root are held for the decision wait.
  await until('all traces are there', () => client.turns.every(({ traceId }) => hasArrived(traceId)))

  t.test('a question is a trace of all its steps, below the span of the caller', async t => {
    t.equal(traffic.question.body.trace_id, traffic.callersTraceId)
    t.same(drawTree(of(traffic.callersTraceId)), QUESTION_TREE)
    t.equal(of(traffic.callersTraceId).find(({ name }) => name === 'POST /chat')?.parentSpanId, 'b7ad6b7169203331')
    const { turn_id } = traffic.question.body
    for (const { name, attributes } of of(traffic.callersTraceId)) {
      t.match(attributes, { 'session.id': /^s_/, 'gen_ai.conversation.id': attributes['session.id'], 'user.id': /^u_/ }, name)
    }
    const named = (name: string) => of(traffic.callersTraceId).find(span => span.name === name)?.attributes
    t.match(named('POST /chat'), { 'http.route': '/chat', 'http.response.status_code': 200, 'chatbot.turn.id': turn_id })
    t.match(named('retrieval documents'), {
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.data_source.id': 'documents',
      'gen_ai.retrieval.top_k': Number,
      'chatbot.retrieval.hits': Number,
      'chatbot.retrieval.top_score': Number,
      'chatbot.retrieval.abstained': false,
    })
    t.match(of(traffic.callersTraceId)[0]?.resource, {
      'service.name': 'chatbot',
      'service.version': /^\d+\.\d+/,
      'deployment.environment.name': 'production',
    })
  })

  t.test('commands and unanswered questions are recognizable', async t => {
    t.same(drawTree(of(traffic.command.traceId)), [
      'POST /chat SERVER',
      '  invoke_agent pellucid INTERNAL',
      '    session open INTERNAL',
      '      INSERT sessions CLIENT',
      '    parse INTERNAL',
      '    command INTERNAL',
      '    store INTERNAL',
      '      INSERT turns CLIENT',
    ])
    const retrieval = of(traffic.unanswered.traceId).find(({ name }) => name === 'retrieval documents')
    t.match(retrieval?.attributes, { 'chatbot.retrieval.abstained': true })
  })

  t.test('failures of the service are marked where they occurred, client errors are not marked', async t => {
    for (const { traceId, status } of traffic.failures) {
      t.equal(status, 500)
      const [root] = of(traceId)
      t.match(root, { name: 'GET /cause-error', hasFailed: true, attributes: { 'error.type': 'DIAGNOSTIC_ERROR' } })
      t.match(JSON.stringify(root?.events), /this route fails on purpose/, 'with its cause')
    }
    t.equal(traffic.rejected.status, 404)
    t.ok(of(traffic.rejected.traceId).length > 1)
    t.notOk(of(traffic.rejected.traceId).some(({ hasFailed }) => hasFailed))
  })

  t.test('a slow turn shows which step took the time', async t => {
    const spans = of(traffic.slow.traceId)
    const store = spans.find(({ name }) => name === 'INSERT turns' || name === 'INSERT sessions')
    t.ok(spans.find(({ name }) => name === 'POST /chat')!.durationMs >= SLOW_TURN_MS * 0.9, 'the whole')
    t.ok(store!.durationMs >= SLOW_TURN_MS * 0.9, `${store?.name}, which waited for the other program`)
  })

  t.test('every message has a trace, no span arrives twice, and health checks have none', async t => {
    const spans = received.spans()
    for (const { traceId, status } of client.turns)
      t.equal(of(traceId).filter(({ name }) => name === 'POST /chat').length, 1, `${status}`)
    t.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length)
    t.same(
      spans.filter(({ name, attributes }) => /health|metrics/.test(`${name} ${attributes['url.path']}`)),
      [],
    )
  })

  t.test('every log line arrives once, with severity, trace context and all fields', async t => {
    await until('as many records as lines are there', () => received.logs().length >= readLogFiles().length)
    const [records, lines] = [received.logs().map(describeRecord), readLogFiles().map(describeLine)]
    t.ok(lines.length > 50, `${lines.length} lines`)
    t.same(subtract(lines, records), [], 'none is missing')
    t.same(subtract(records, lines), [], 'none repeated or changed')
    t.match(received.logs()[0]?.resource, { 'service.name': 'chatbot', 'deployment.environment.name': 'production' })
    t.same(
      received.logs().filter(({ attributes }) => /health|metrics/.test(String(attributes.route))),
      [],
      'no health checks',
    )
  })

  t.test("a turn's trace id finds its lines, and a line's span id its span", async t => {
    const lines = received.logs().filter(({ traceId }) => traceId === traffic.callersTraceId)
    t.ok(lines.length >= 3, `${lines.length} lines`)
    const spanIds = new Set(of(traffic.callersTraceId).map(({ spanId }) => spanId))
    for (const { spanId, body, attributes } of lines) {
      t.ok(spanIds.has(spanId ?? ''), String(body))
      t.match(attributes, { turn_id: traffic.question.body.turn_id, request_id: String, module: String, function: String })
    }
    const [failure] = received.logs().filter(({ traceId }) => traceId === traffic.failures[0]?.traceId)
    t.match(failure, { severityText: 'ERROR', severityNumber: SEVERITIES.ERROR, attributes: { code: 'DIAGNOSTIC_ERROR' } })
  })

  t.test('lines and spans written right before the server stops arrive', async t => {
    const last = await client.say('hello')
    t.equal(await stack.container('pellucid').stop(), 0)
    await until('its trace is there', () => hasArrived(last.traceId))
    await until('its lines are there', () => received.logs().length >= readLogFiles().length)
    t.ok(received.logs().filter(({ traceId }) => traceId === last.traceId).length >= 3)
  })
})
