import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import heldBytes from '../../../plugins/connections/held-bytes.ts'
import type { ChatError } from '../../../src/errors.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { get, openRaw } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

t.test('unfinished bodies above 64 MiB in all are refused, and others are not', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const head = 'PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 8388608\r\n\r\n{'
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

t.test('replies above 64 MiB in all that no client reads are refused, and small ones are not', async t => {
  const app = Fastify()
  const handleErrors = async (scope: FastifyInstance) => {
    scope.setErrorHandler((error, _request, reply) => reply.code(503).send({ code: (error as ChatError).code }))
  }
  app.register(fp(handleErrors, { name: 'error-handler' }))
  app.register(heldBytes)
  // More than the system buffers for a client that reads nothing.
  app.get('/large', async () => 'a'.repeat(16_000_000))
  app.get('/small', async () => 'a')
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const readers = await Promise.all(Array.from({ length: 5 }, () => openRaw(t, address)))
  for (const { socket } of readers) socket.pause().write(get('/large'))
  const status = async (url: string) => (await app.inject(url)).statusCode
  await until(async () => (await status('/large')) === 503)
  t.equal(await status('/small'), 200)
  for (const { socket } of readers) socket.destroy()
  await until(async () => (await status('/large')) === 200)
})
