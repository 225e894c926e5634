import { connect } from 'node:net'
import { ReadableStream } from 'node:stream/web'
import { setImmediate } from 'node:timers/promises'
import Fastify, { LogController } from 'fastify'
import t, { type Test } from 'tap'
import { startTelemetry, stopTelemetry } from '../../../otel/sdk.ts'
import { spanRules } from '../../../otel/tracing/span-rules.ts'
import errorHandler from '../../../plugins/edge/error-handler.ts'
import pseudonym from '../../../plugins/edge/pseudonym.ts'
import { PROBED } from '../../../plugins/edge/replies/probed.ts'
import spanRulesPlugin from '../../../plugins/edge/span-rules.ts'
import telemetry from '../../../plugins/edge/telemetry.ts'
import { addLogContext, currentLogContext } from '../../../src/logging/record/log-context.ts'
import { scrape } from '../../otel/exposition.ts'
import { until } from '../../worlds/until.ts'

type Line = Record<string, unknown>

const KEY = { dataDir: t.testdir(), pseudonymKey: 'a key for tests only' }

/** A small server with telemetry on its own socket, and its log lines. */
async function startWorld(t: Test) {
  const lines: Line[] = []
  const app = Fastify({
    logger: {
      level: 'debug',
      mixin: () => ({ ...currentLogContext() }),
      stream: { write: (line: string) => void lines.push(JSON.parse(line)) },
    },
    logController: new LogController({ disableRequestLogging: true }),
  })
  app.register(pseudonym, { config: KEY })
  app.register(spanRulesPlugin)
  app.register(telemetry, { config: { logMessageContent: 'redacted' } })
  app.register(errorHandler)
  const handling = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  app.register(async scope => {
    scope.post('/slow', async () => {
      handling.resolve()
      await release.promise
      return { ok: true }
    })
    scope.post('/echo', async request => {
      addLogContext({ session_id: String((request.body as { name: string }).name) })
      await setImmediate()
      scope.log.info('in the handler')
      return { ids: currentLogContext()?.request_id }
    })
    const schema = { response: { 503: { type: 'object', properties: { status: { type: 'string' } } } } }
    scope.get('/ready', { config: PROBED, schema }, async (_request, reply) => reply.code(503).send({ status: 'not ready' }))
    scope.post('/never-asked', async () => ({ ok: true }))
    scope.get('/full', { schema }, async (_request, reply) => reply.code(503).send({ status: 'full' }))
  })
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
  t.teardown(() => app.close())
  const requestLines = async (matches: (line: Line) => boolean) => {
    await until(() => lines.some(matches))
    return lines.filter(line => line.module === 'http')
  }
  return { app, port, lines, requestLines, handling: handling.promise, release: release.resolve }
}

const HEAD = 'Host: localhost\r\nContent-Type: application/json\r\n'

t.test('a client that disconnects in the middle of its request has one log line', async t => {
  const { port, requestLines } = await startWorld(t)
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(`POST /echo HTTP/1.1\r\n${HEAD}Content-Length: 100\r\n\r\n{"name":`, () => socket.destroy()),
  )
  t.match(await requestLines(line => line.status === 499), [
    {
      level: 30,
      msg: 'Client disconnected before the reply',
      method: 'POST',
      route: '/echo',
      status: 499,
      client: 'loopback',
      took_ms: Number,
    },
  ])
})

t.test('a client that disconnects while its request is handled has one log line', async t => {
  const { port, requestLines, handling, release } = await startWorld(t)
  const socket = connect(port, '127.0.0.1', () => socket.write(`POST /slow HTTP/1.1\r\n${HEAD}Content-Length: 2\r\n\r\n{}`))
  await handling
  socket.destroy()
  t.match(await requestLines(line => line.status === 499), [{ route: '/slow', status: 499, request_id: String }])
  release()
  for (let turns = 0; turns < 20; turns++) await setImmediate()
  t.equal((await requestLines(() => true)).length, 1, 'the result of the handler adds no line')
})

t.test('concurrent requests keep their own ids when their bodies arrive in pieces', async t => {
  const { port, lines } = await startWorld(t)
  const replies = await Promise.all(
    ['a', 'b', 'c'].map(async name => {
      const body = async function* () {
        yield Buffer.from('{"name":')
        await setImmediate()
        yield Buffer.from(`"${name}"}`)
      }
      const reply = await fetch(`http://127.0.0.1:${port}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: ReadableStream.from(body()) as unknown as RequestInit['body'],
        duplex: 'half',
      } as RequestInit)
      return { name, id: reply.headers.get('x-request-id'), body: (await reply.json()) as { ids: string } }
    }),
  )
  t.equal(new Set(replies.map(({ id }) => id)).size, 3)
  for (const { name, id, body } of replies) {
    t.equal(body.ids, id)
    t.same(
      lines.filter(line => line.request_id === id).map(line => [line.msg, line.session_id]),
      [
        ['in the handler', name],
        ['Request served', name],
      ],
    )
  }
})

t.test('span rules are removed when the application closes', async t => {
  const before = spanRules
  const first = Fastify().register(spanRulesPlugin)
  await first.ready()
  t.not(spanRules, before)
  const second = Fastify().register(spanRulesPlugin)
  await second.ready()
  const ofSecond = spanRules
  await first.close()
  t.equal(spanRules, ofSecond, 'but not by another application')
  await second.close()
  t.not(spanRules, ofSecond)
})

t.test('the request counters of a route start at 0, before its first request', async t => {
  Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })
  await startTelemetry()
  t.teardown(() => stopTelemetry(1000))
  const { app } = await startWorld(t)
  t.ok(app.hasRoute({ method: 'POST', url: '/never-asked' }))
  const { samples } = await scrape()
  for (const status of ['success', 'client_error', 'error'])
    t.equal(samples[`chatbot_requests_total{endpoint="/never-asked",status="${status}"}`], 0, status)
})

t.test('a route that replies 503 itself is logged as served, not as failed', async t => {
  const { app, requestLines } = await startWorld(t)
  await app.inject('/ready')
  await app.inject('/full')
  t.match(await requestLines(line => line.route === '/full'), [
    { level: 20, route: '/ready', status: 503, msg: 'Request served' },
    { level: 30, route: '/full', status: 503, msg: 'Request served' },
  ])
})

t.test('a reply has the trace id of its request, and the reply to a probe has none', async t => {
  Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })
  await startTelemetry()
  t.teardown(() => stopTelemetry(1000))
  const { app } = await startWorld(t)
  t.match((await app.inject('/full')).headers['x-trace-id'], /^(?!0{32})[\da-f]{32}$/)
  t.match((await app.inject('/unknown')).json().trace_id, /^(?!0{32})[\da-f]{32}$/)
  t.notOk('x-trace-id' in (await app.inject('/ready')).headers, 'probes are not traced')
})
