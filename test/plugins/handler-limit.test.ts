import { setTimeout as delay } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import handlerLimit from '../../plugins/handler-limit.ts'
import type { ChatError } from '../../src/errors.ts'
import { until } from '../worlds/until.ts'

const BODY = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"hello"}' }

t.test('a request whose handler takes too long is refused, with a body and without', async t => {
  const app = Fastify()
  app.register(handlerLimit, { limitMs: 20, intervalMs: 5 })
  app.setErrorHandler((error, _request, reply) => reply.code(503).send({ code: (error as ChatError).code }))
  app.route({ method: ['GET', 'POST'], url: '/stuck', handler: () => new Promise<never>(() => undefined) })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())

  for (const request of [{}, BODY]) {
    const reply = await fetch(`${address}/stuck`, request)
    t.equal(reply.status, 503)
    t.same(await reply.json(), { code: 'OVERLOADED' })
  }
})

t.test('a handler that replies after its request was refused does no harm', async t => {
  const app = Fastify()
  const late = Promise.withResolvers<object>()
  app.register(handlerLimit, { limitMs: 20, intervalMs: 5 })
  app.post('/late', () => late.promise)
  app.get('/next', async () => ({ fine: true }))
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())

  t.equal((await fetch(`${address}/late`, BODY)).status, 500)
  late.resolve({ late: true })
  t.same(await (await fetch(`${address}/next`)).json(), { fine: true })
})

t.test('the time before the first hook, in which a request waits for its connection, does not count', async t => {
  const limitMs = 500
  const app = Fastify()
  app.addHook('onRequest', () => delay(limitMs + 50))
  app.register(handlerLimit, { limitMs, intervalMs: 1 })
  let checks = 0
  const counter = setInterval(() => checks++, 1)
  t.teardown(() => clearInterval(counter))
  app.get('/patient', async () => {
    const before = checks
    await until(() => checks > before + 10)
    return { fine: true }
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  t.same(await (await fetch(`${address}/patient`)).json(), { fine: true })
})
