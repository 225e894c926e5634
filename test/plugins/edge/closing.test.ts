import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import admission from '../../../plugins/edge/admission.ts'
import closing from '../../../plugins/edge/closing.ts'
import pipelining from '../../../plugins/edge/pipelining.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { get, openRaw, statusesOf } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

t.test('a client that sends too slowly gets 408 and is disconnected, even if it keeps its side open', async t => {
  const { app, lines } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const body = 'POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"mess'
  const clients = await Promise.all(
    ['', 'GET /hea', `${get('/health')}GET /hea`, body].map(async bytes => {
      const client = await openRaw(t, address)
      client.socket.write(bytes)
      return client
    }),
  )
  // Checked every second.
  Object.assign(app.server, { headersTimeout: 1, requestTimeout: 2 })
  for (const { ended } of clients) t.match(await ended, /HTTP\/1.1 408[\s\S]*"code":"REQUEST_TIMEOUT"[\s\S]*"request_id"/)
  const count = promisify(app.server.getConnections.bind(app.server))
  await until(async () => (await count()) === 0)
  t.equal(lines.filter(line => line.code === 'REQUEST_TIMEOUT' && line.status === 408).length, clients.length)
})

t.test('the replies to earlier requests come before that to bytes that are not HTTP', async t => {
  const { app } = await buildAppWorld(t)
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  client.socket.write(`${get('/documents')}${get('/health')}NOT HTTP\r\n\r\n`)
  t.same(statusesOf(await client.ended), [200, 200, 400])
})

t.test('a client receives 413 although it sends all of its body', async t => {
  const { app } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const client = await openRaw(t, address)
  const chunk = Buffer.alloc(1_000_000, 'a')
  client.socket.write(
    `POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${50 * chunk.length}\r\n\r\n`,
  )
  for (let sent = 0; sent < 50; sent++) await new Promise(resolve => client.socket.write(chunk, resolve))
  t.match(await client.ended, /HTTP\/1.1 413[\s\S]*"code":"PAYLOAD_TOO_LARGE"/)
})

t.test('the rest of a body that is refused is read in parts, between which others are served', async t => {
  const { app } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const sockets: Socket[] = []
  app.server.on('connection', socket => void sockets.push(socket))
  const length = 8_388_608
  const head = `PUT /documents/a HTTP/1.1\r\nHost: other.example\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  const client = await openRaw(t, address)
  await client.exchange(head)
  t.match(client.received(), /HTTP\/1.1 421[\s\S]*connection: close/i)
  client.socket.write(Buffer.alloc(length, ' '))
  let most = 0
  for (let before = 0; !sockets[0]?.destroyed && before < length; ) {
    await setImmediate()
    const read = sockets[0]?.bytesRead ?? 0
    most = Math.max(most, read - before)
    before = read
  }
  t.ok(most <= 3 * 65_536, `${most} bytes in a turn of the event loop`)
})

t.test('an error in a body that comes after the reply gets no second reply', async t => {
  const { app } = await buildAppWorld(t)
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  const head = 'POST /absent HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'
  await client.exchange(head)
  client.socket.write('no size\r\n')
  t.same(statusesOf(await client.ended), [404])
})

/** Places of a server whose capacity is not measured yet. */
const PLACES = 1000

/** A server whose requests to `/wait` are answered when it is released. */
async function startWorld(t: Test) {
  const app = Fastify({ return503OnClosing: false })
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: stopping, resolve } = Promise.withResolvers<void>()
  app.register(pipelining)
  app.register(closing)
  app.register(admission)
  app.get('/', async () => ({}))
  app.get('/wait', async () => released)
  app.addHook('preClose', async () => resolve())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  /** Starts to stop, and resolves when the server does. The result resolves when it has stopped. */
  const stop = async () => {
    const stopped = app.close()
    await stopping
    return { stopped }
  }
  return { app, address, release, stop }
}

t.test('a client that reuses its connection loses no request when the server stops', async t => {
  const { address, stop } = await startWorld(t)
  const clients = await Promise.all(Array.from({ length: 8 }, () => openRaw(t, address)))
  const loads = clients.map(async ({ exchange, received, ended }) => {
    while (!/connection: close/i.test(received())) await Promise.race([exchange(get('/')), ended])
    return ended
  })
  await until(() => clients.every(({ received }) => received() !== ''))
  await (await stop()).stopped
  for (const replies of await Promise.all(loads)) {
    t.ok(statusesOf(replies).every(status => status === 200))
    t.notMatch(replies, /ECONNRESET/)
    t.equal(replies.match(/connection: close/gi)?.length, 1, 'the last reply says that the connection closes')
  }
})

t.test('a refusal while the server stops says that the connection closes', async t => {
  const { app, address, release, stop } = await startWorld(t)
  const client = await openRaw(t, address)
  const held = Array.from({ length: PLACES }, () => app.inject('/wait'))
  await until(async () => (await app.inject('/')).statusCode === 503)
  const { stopped } = await stop()
  client.socket.write(get('/'))
  t.match(await client.ended, /HTTP\/1.1 503[\s\S]*connection: close[\s\S]*"code":"OVERLOADED"/i)
  release()
  await Promise.all([...held, stopped])
})

t.test('connections that wait to be accepted when the server stops get their replies', async t => {
  const { address, stop } = await startWorld(t)
  const clients = Array.from({ length: 200 }, () => openRaw(t, address))
  const replies = clients.map(async opening => {
    const client = await opening
    client.socket.write(get('/'))
    return client.ended
  })
  await (await stop()).stopped
  for (const reply of await Promise.all(replies)) t.same(statusesOf(reply), [200])
})
