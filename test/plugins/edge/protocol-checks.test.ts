import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { openRaw, statusesOf } from '../../worlds/raw-client.ts'

const HEAD = 'Host: localhost\r\n\r\n'

/** Requests that Node answers by itself, or not at all, and those that plugins refuse. */
const CASES: readonly [string, number, string][] = [
  ['GET /health HTTP/1.1\r\n\r\n', 400, 'MALFORMED_REQUEST'],
  [`GET /health HTTP/1.1\r\nhost: b\r\n${HEAD}`, 400, 'MALFORMED_REQUEST'],
  [`GET /health HTTP/1.1\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n${HEAD}`, 400, 'MALFORMED_REQUEST'],
  [`GET http://evil.example/health HTTP/1.1\r\n${HEAD}`, 400, 'MALFORMED_REQUEST'],
  [`GET http://localhost@evil.example/health HTTP/1.1\r\n${HEAD}`, 400, 'MALFORMED_REQUEST'],
  [`GET * HTTP/1.1\r\n${HEAD}`, 400, 'MALFORMED_REQUEST'],
  [`GET /health HTTP/1.1\r\nExpect: a miracle\r\n${HEAD}`, 417, 'EXPECTATION_FAILED'],
  [`POST /sessions HTTP/1.1\r\nTransfer-Encoding: zebra\r\n${HEAD}`, 400, 'MALFORMED_REQUEST'],
  [`CONNECT example.org:443 HTTP/1.1\r\n${HEAD}`, 405, 'METHOD_NOT_ALLOWED'],
  [`OPTIONS * HTTP/1.1\r\n${HEAD}`, 405, 'METHOD_NOT_ALLOWED'],
  [`GET /docs/static/.. HTTP/1.1\r\n${HEAD}`, 404, 'ROUTE_NOT_FOUND'],
  [`GET /docs/static/%00 HTTP/1.1\r\n${HEAD}`, 404, 'ROUTE_NOT_FOUND'],
  [`GET /docs/static/absent.js HTTP/1.1\r\n${HEAD}`, 404, 'ROUTE_NOT_FOUND'],
  [
    `POST /chat HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${HEAD}ZZ\r\n`,
    400,
    'MALFORMED_REQUEST',
  ],
]

t.test('a request that breaks the rules of HTTP gets its error, and one log line', async t => {
  const { app, lines } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const [bytes, status, code] of CASES) {
    const client = await openRaw(t, address)
    await client.exchange(bytes)
    client.socket.end()
    const reply = await client.ended
    const body = JSON.parse(reply.slice(reply.indexOf('{')))
    t.match(body, { statusCode: status, code, error: /./, message: /./, request_id: /./ }, bytes)
    t.same(statusesOf(reply), [status], bytes)
    const own = lines.filter(line => line.request_id === body.request_id && line.module === 'http')
    t.match(own, [{ status, code }], bytes)
  }
})

t.test('a refused request keeps its status if its body is malformed, too', async t => {
  const { app } = await buildAppWorld(t, { ACCESS: 'keys' })
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  client.socket.write(`POST /chat HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${HEAD}ZZ\r\n`)
  t.same(statusesOf(await client.ended), [401])
})

t.test('a request of HTTP/1.0 needs no Host header', async t => {
  const { app } = await buildAppWorld(t)
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  client.socket.write('GET /health HTTP/1.0\r\n\r\n')
  t.same(statusesOf(await client.ended), [200])
})

t.test('a target with the host that the Host header names is accepted', async t => {
  const { app } = await buildAppWorld(t)
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  await client.exchange(`GET http://LOCALHOST/health HTTP/1.1\r\n${HEAD}`)
  t.same(statusesOf(client.received()), [200])
})
