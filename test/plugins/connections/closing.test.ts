import { promisify } from 'node:util'
import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { get, openRaw, statusesOf } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

t.test('a client that sends too slowly gets 408 and is disconnected, even if it keeps its side open', async t => {
  const { app, lines } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const body = 'POST /chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"mess'
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
    `POST /chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${50 * chunk.length}\r\n\r\n`,
  )
  for (let sent = 0; sent < 50; sent++) await new Promise(resolve => client.socket.write(chunk, resolve))
  t.match(await client.ended, /HTTP\/1.1 413[\s\S]*"code":"PAYLOAD_TOO_LARGE"/)
})

t.test('an error in a body that comes after the reply gets no second reply', async t => {
  const { app } = await buildAppWorld(t)
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  const head = 'POST /absent HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'
  await client.exchange(head)
  client.socket.write('no size\r\n')
  t.same(statusesOf(await client.ended), [404])
})
