import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import t from 'tap'
import { type ExportState, exportStates, probeFailedExports } from '../../otel/export-state.ts'
import { metricsHandler, startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { startRequestSpan } from '../../otel/tracing/request-span.ts'
import { type SpanIds, setSpanRules } from '../../otel/tracing/span-rules.ts'
import { traced } from '../../otel/tracing.ts'
import { toErrorRecord } from '../../src/logging/record/error-record.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { attributesOf, startCollector } from '../worlds/collector.ts'
import { until } from '../worlds/until.ts'

const SESSION = `s_${'a'.repeat(22)}`
const collector = await startCollector(t)
Object.assign(process.env, {
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', '//user:secret-word@'),
  OTEL_BSP_SCHEDULE_DELAY: '20',
  OTEL_BSP_MAX_QUEUE_SIZE: '40',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20',
})
await startTelemetry()
t.after(() => stopTelemetry(1000))

let ids: SpanIds | undefined
const { text: redactText, record: redactRecord } = createRedactor()
setSpanRules({
  isServiceFault: error => !/client/.test(String(error)),
  redactText,
  describeError: error => redactRecord(toErrorRecord(error, redactText)),
  currentIds: () => ids,
})

function traces(): ExportState {
  const [state] = exportStates('traces')
  if (state === undefined) throw new Error('no export state of traces')
  return state
}

async function scrape(): Promise<string> {
  const server = createServer((request, reply) => metricsHandler()?.(request, reply))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)
  server.close()
  return reply.text()
}

/** An address without a listener: the port was free a moment ago. */
async function findDeafOrigin(): Promise<string> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

t.test('exports are counted, and create no spans or request metrics themselves', async t => {
  traced('first', () => undefined)()
  t.match(traces(), { destination: `${collector.url}`, waiting: 1, stalledSinceMs: Number })
  await until(() => traces().exported > 0)
  t.match(traces(), {
    signal: 'traces',
    waiting: 0,
    exported: 1,
    dropped: 0,
    failures: 0,
    failure: undefined,
  })
  t.equal(traces().stalledSinceMs, undefined)
  t.same(
    collector.spans.map(span => span.name),
    ['first'],
  )
  t.notMatch(await scrape(), /http_client_request_duration_seconds_count/, 'only telemetry made requests so far')
})

t.test('every span carries ids, and attributes of instrumentations are redacted', async t => {
  const received: (string | undefined)[] = []
  const server = createServer((request, reply) => {
    received.push(request.headers.traceparent as string | undefined)
    reply.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`

  const turn: { session_id?: string; turn_id: string; user_id: string } = { turn_id: 't'.repeat(24), user_id: 'u'.repeat(22) }
  ids = turn
  const root = startRequestSpan({ method: 'POST', scheme: 'http', route: '/chat', headers: {} })
  const call = traced('call', async () => {
    await (await fetch(`${origin}/mail/ada@example.com?token=s3cr3t-s3cr3t-12`)).text()
    // The next span ends without context.
    ids = undefined
    await fetch(`${await findDeafOrigin()}/ada@example.com`).catch(() => undefined)
  })
  await root.run(call)
  turn.session_id = SESSION
  root.end({ statusCode: 200 })
  ids = undefined
  await until(() => collector.named('POST /chat') !== undefined)

  const calls = collector.spans.filter(span => span.name === 'GET')
  const inside = calls.filter(span => attributesOf(span)['user.id'] !== undefined)
  t.equal(inside.length, 1)
  t.match(attributesOf(collector.named('POST /chat')), {
    'session.id': SESSION,
    'gen_ai.conversation.id': SESSION,
    'user.id': turn.user_id,
    'chatbot.turn.id': turn.turn_id,
  })
  t.equal(attributesOf(collector.named('call'))['chatbot.turn.id'], undefined, 'only the root has the turn id')
  for (const span of inside) {
    t.equal(attributesOf(span)['user.id'], turn.user_id)
    t.equal(span.parentSpanId, collector.named('call')?.spanId)
    t.ok(received.includes(`00-${span.traceId}-${span.spanId}-01`), 'outgoing requests carry traceparent')
  }
  t.match(attributesOf(inside[0]), { 'url.path': '/mail/[email]', 'url.full': `${origin}/mail/[email]?token=[secret]` })
  t.equal(calls.filter(span => span.events.some(event => event.name === 'exception')).length, 1)
  t.notMatch(JSON.stringify(calls), /ada@example|s3cr3t/)
  t.match(await scrape(), new RegExp(`http_client_request_duration_seconds_count\\{[^}]*server_port="${port}"[^}]*\\} 1`))
})

t.test('all texts of instrumentations are redacted: span names, attributes and list items', async t => {
  const attributes = { note: 'for ada@example.com', list: ['ada@example.com', 'tea'], 'server.address': '192.0.2.7', port: 80 }
  ids = { session_id: SESSION, turn_id: 't'.repeat(24) }
  trace.getTracer('somebody-else').startSpan('mail ada@example.com', { attributes }).end()
  ids = undefined
  await until(() => collector.named('mail [email]') !== undefined)
  const span = collector.named('mail [email]')
  t.match(attributesOf(span), { note: 'for [email]', 'server.address': '192.0.2.7', port: 80, 'session.id': SESSION })
  t.equal(attributesOf(span)['chatbot.turn.id'], 't'.repeat(24), 'own ids are not redacted')
  t.notMatch(JSON.stringify(span), /ada@example/)
})

t.test('an error is recorded once with its causes, on the span where it occurred; parent spans are marked as failed', async t => {
  const fail = traced('arises', async () => {
    throw new Error('outer', { cause: new TypeError('inner of ada@example.com', { cause: 'plain' }) })
  })
  const wrap = traced('passes', async () => {
    await fail().catch(error => {
      throw new Error('wrapped', { cause: error })
    })
  })
  const root = startRequestSpan({ method: 'GET', scheme: 'http', route: '/passes', headers: {} })
  const error = await root.run(() => wrap().catch((error: unknown) => error))
  root.end({ statusCode: 500, error })
  startRequestSpan({ method: 'GET', scheme: 'http', route: '/direct', headers: {} }).end({
    statusCode: 500,
    error: new RangeError('direct'),
  })
  startRequestSpan({ method: 'GET', scheme: 'http', route: '/silent', headers: {} }).end({ statusCode: 503 })
  startRequestSpan({ method: 'GET', scheme: 'http', route: '/client', headers: {} }).end({
    statusCode: 404,
    error: new Error('client'),
  })
  await until(() => collector.named('GET /client') !== undefined)

  const exception = attributesOf(collector.named('arises')?.events[0])
  t.match(exception, { 'exception.type': 'Error', 'exception.message': 'outer' })
  t.match(
    exception['exception.stacktrace'],
    /^Error: outer\n[\s\S]*\nCaused by: TypeError: inner of \[email\]\n[\s\S]*\nCaused by: string: plain$/,
  )
  t.match(collector.named('arises'), { events: { length: 1 }, status: { code: SpanStatusCode.ERROR, message: 'Error' } })
  for (const name of ['passes', 'GET /passes']) {
    t.match(collector.named(name), { events: { length: 0 }, status: { code: SpanStatusCode.ERROR } }, name)
    t.equal(attributesOf(collector.named(name))['error.type'], 'Error')
  }
  t.match(collector.named('GET /direct'), { events: { length: 1 }, status: { code: SpanStatusCode.ERROR, message: undefined } })
  t.equal(attributesOf(collector.named('GET /silent'))['error.type'], '503')
  t.match(collector.named('GET /client'), { events: { length: 0 }, status: { code: SpanStatusCode.UNSET } })
})

t.test(
  'inner spans have the resource, scope and trace of their request, and none is made while tracing is suppressed',
  async t => {
    const caller = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01'
    const headers = { traceparent: caller, tracestate: 'vendor=1' }
    const root = startRequestSpan({ method: 'GET', scheme: 'http', route: '/outer', headers })
    root.run(() => {
      traced(
        'outer',
        traced('inner', () => undefined),
      )()
      context.with(
        suppressTracing(context.active()),
        traced('suppressed', () => undefined),
      )
    })
    root.end({ statusCode: 200 })
    await until(() => collector.named('GET /outer') !== undefined)
    const [first, outer, inner] = ['GET /outer', 'outer', 'inner'].map(name => collector.named(name))
    t.match(first, { parentSpanId: 'b'.repeat(16), flags: 0x301 })
    t.match(outer, { traceId: 'a'.repeat(32), parentSpanId: first?.spanId, flags: 0x101, kind: 1 })
    t.match(inner, { traceId: 'a'.repeat(32), parentSpanId: outer?.spanId, flags: 0x101, kind: 1 })
    const states = [first, outer, inner].filter(span => span !== undefined && 'traceState' in span && span.traceState !== '')
    t.same(states, [], 'the tracestate of the caller is dropped')
    t.equal(collector.named('suppressed'), undefined)
    t.ok(
      collector.scopes.every(scopes => new Set(scopes).size === scopes.length),
      'a request names each scope once',
    )
  },
)

t.test('an unknown HTTP method is _OTHER and does not appear in the span name', async t => {
  startRequestSpan({ method: 'PROPFIND', scheme: 'http', route: undefined, headers: {} }).end({ statusCode: 404 })
  startRequestSpan({ method: 'QUERY', scheme: 'http', route: '/query', headers: {} }).end({ statusCode: 404 })
  await until(() => collector.named('QUERY /query') !== undefined)
  t.match(attributesOf(collector.named('HTTP')), {
    'http.request.method': '_OTHER',
    'http.request.method_original': 'PROPFIND',
  })
  t.match(attributesOf(collector.named('QUERY /query')), {
    'http.request.method': 'QUERY',
    'http.request.method_original': undefined,
  })
})

t.test('an error shared by several traces is recorded in each', async t => {
  const shared = new Error('the batch failed')
  const write = traced('shared', async () => {
    throw shared
  })
  await Promise.allSettled([write(), write()])
  await until(() => collector.spans.filter(span => span.name === 'shared').length === 2)
  for (const span of collector.spans.filter(span => span.name === 'shared')) t.equal(span.events.length, 1)
})

t.test('spans of failed exports and spans beyond the queue are counted as dropped', async t => {
  await until(() => traces().waiting === 0 && traces().stalledSinceMs === undefined)
  const before = traces()
  let refused = 0
  collector.answerBy(reply => {
    refused++
    reply.writeHead(400).end('{}')
  })
  for (let i = 0; i < 70; i++) trace.getTracer('pellucid').startSpan('burst').end()
  t.match(traces(), { waiting: 40, dropped: before.dropped + 10 }, 'at most 40 wait in addition to the 20 in flight')
  await until(() => traces().failures === before.failures + 3)
  t.match(traces(), { waiting: 0, exported: before.exported, dropped: before.dropped + 70, failure: '400 Bad Request' })
  t.type(traces().stalledSinceMs, 'number', 'an empty queue is not a recovery')

  probeFailedExports()
  await until(() => refused === 4)
  t.equal(traces().failures, before.failures + 3, 'probes are not counted as attempts')
  collector.answerBy(undefined)
  await until(() => {
    probeFailedExports()
    return traces().failure === undefined
  })
  t.match(traces(), { exported: before.exported, stalledSinceMs: undefined })
  t.notMatch(JSON.stringify(exportStates()), /secret-word/)
})
