import { PassThrough } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import heldBytes from '../../../plugins/edge/held-bytes.ts'
import pipelining from '../../../plugins/edge/pipelining.ts'
import type { ChatError } from '../../../src/errors.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { get, openRaw } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

t.test('unfinished bodies above 64 MiB in all are refused, and others are not', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const head =
    'PUT /documents/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 8388608\r\n\r\n{'
  const clients = await Promise.all(Array.from({ length: 9 }, () => openRaw(t, address)))
  for (const { socket } of clients) socket.write(head)
  await until(() => clients.some(client => client.received() !== ''))
  const refused = clients.filter(client => client.received() !== '').map(client => client.received())
  t.equal(refused.length, 1)
  t.match(refused[0], /HTTP\/1.1 503[\s\S]*retry-after: 5[\s\S]*"code":"OVERLOADED"/)
  t.equal((await chat('hello')).status, 200)
  for (const { socket } of clients) socket.destroy()
  const put = () => call('PUT', '/documents/a', { format: 'text', text: 'tea '.repeat(10_000) })
  await until(async () => (await put()).status < 300)
})

/** An application with only these limits. `release` answers the requests to `/held`. */
async function startWorld(t: Test) {
  const app = Fastify({ connectionTimeout: 75_000 })
  const handleErrors = async (scope: FastifyInstance) => {
    scope.setErrorHandler((error, _request, reply) => reply.code(503).send({ code: (error as ChatError).code }))
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  const holding: FastifyReply[] = []
  app.register(fp(handleErrors, { name: 'error-handler' }))
  app.register(pipelining)
  app.register(heldBytes)
  // More than the system buffers for a client that reads nothing.
  app.route({ method: ['GET', 'POST'], url: '/large', handler: async () => 'a'.repeat(16_000_000) })
  app.get('/small', async () => 'a')
  app.register(async scope => void scope.get('/document', { onRequest: scope.heldBytes.checkReply }, async () => 'a'))
  app.get('/timeout', async ({ socket }) => `timeout ${socket.timeout}`)
  app.get('/held', async (_request, reply) => {
    holding.push(reply)
    await promise
    return 'a'.repeat(16_000_000)
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const status = async (url: string, method: 'GET' | 'POST' = 'GET') => (await app.inject({ url, method })).statusCode
  return { app, address, holding, release: resolve, status }
}

t.test('replies above 64 MiB in all that no client reads are refused, but not small ones or those of changes', async t => {
  const { address, status } = await startWorld(t)
  const readers = await Promise.all(Array.from({ length: 5 }, () => openRaw(t, address)))
  for (const { socket } of readers) socket.pause().write(get('/large'))
  await until(async () => (await status('/large')) === 503)
  t.equal(await status('/small'), 200)
  t.equal(await status('/document'), 503, 'before its handler runs')
  t.equal(await status('/large', 'POST'), 200)
  for (const { socket } of readers) socket.destroy()
  await until(async () => (await status('/large')) === 200)
})

t.test('replies whose clients left before them are not counted', async t => {
  const { address, holding, release, status } = await startWorld(t)
  const clients = await Promise.all(Array.from({ length: 5 }, () => openRaw(t, address)))
  for (const { socket } of clients) socket.write(get('/held'))
  await until(() => holding.length === clients.length)
  for (const { socket } of clients) socket.destroy()
  await until(() => holding.every(({ raw }) => raw.destroyed))
  release()
  await until(() => holding.every(({ sent }) => sent))
  t.equal(await status('/large'), 200)
})

t.test('the next request on a connection has the usual timeout', async t => {
  const { address } = await startWorld(t)
  const client = await openRaw(t, address)
  client.socket.write(get('/large') + get('/timeout'))
  await until(() => client.received().includes('timeout '))
  t.match(client.received().slice(-20), 'timeout 75000')
})

t.test('a client on another machine gets half of the room for bodies', async t => {
  const { app } = await buildAppWorld(t)
  const put = (remoteAddress: string) => {
    const payload = new PassThrough()
    const headers = { 'content-type': 'application/json', 'content-length': '8388608' }
    const reply = app.inject({ method: 'PUT', url: '/documents/a', headers, payload, remoteAddress })
    return { payload, reply }
  }
  const own = Array.from({ length: 5 }, () => put('192.0.2.1'))
  const first = await Promise.race(own.map(({ reply }) => reply))
  t.match(first.json(), { code: 'OVERLOADED' })
  const all = [...own, put('192.0.2.2')]
  for (const { payload } of all) payload.end('{')
  const refused = (await Promise.all(all.map(({ reply }) => reply))).filter(({ statusCode }) => statusCode === 503)
  t.same(refused, [first])
})

t.test('a client on another machine gets half of the room for replies', async t => {
  const { app, holding, release, status } = await startWorld(t)
  const own = Array.from({ length: 3 }, () => app.inject({ url: '/held', remoteAddress: '192.0.2.1' }))
  await until(() => holding.length === own.length)
  release()
  const statuses = (await Promise.all(own)).map(({ statusCode }) => statusCode)
  t.same(statuses.sort(), [200, 200, 503])
  t.equal(await status('/large'), 200)
})
