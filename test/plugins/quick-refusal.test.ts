import Fastify from 'fastify'
import t, { type Test } from 'tap'
import admission from '../../plugins/admission.ts'
import closing from '../../plugins/connections/closing.ts'
import loopSlice from '../../plugins/connections/loop-slice.ts'
import pipelining from '../../plugins/connections/pipelining.ts'
import { readRequestId } from '../../src/logging/redaction/request-id.ts'
import { openRaw, statusesOf } from '../worlds/raw-client.ts'
import { until } from '../worlds/until.ts'

/** Places of a server whose capacity is not measured yet. */
const PLACES = 1000

/** A chat message as bytes. */
function chat(headers: readonly string[] = [], body = '{"message":"tea?"}'): string {
  const lines = ['POST /chat HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...headers]
  return `${lines.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** A full server, and a client to whom it has refused a message. `release` makes room. */
async function startWorld(t: Test) {
  const app = Fastify({ http: { requireHostHeader: false }, genReqId: ({ headers }) => readRequestId(headers['x-request-id']) })
  const { promise: released, resolve } = Promise.withResolvers<void>()
  for (const plugin of [loopSlice, pipelining, closing, admission]) app.register(plugin)
  app.post('/chat', async () => ({}))
  app.get('/wait', async () => released)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  let parsed = 0
  app.server.on('request', () => parsed++)
  const held = Array.from({ length: PLACES }, () => app.inject('/wait'))
  const isFull = async () => (await app.inject({ method: 'POST', url: '/chat', payload: {} })).statusCode === 503
  await until(isFull)
  const openRefused = async () => {
    const client = await openRaw(t, address)
    await client.exchange(chat())
    return client
  }
  const client = await openRefused()
  const release = async () => {
    resolve()
    await Promise.all(held)
  }
  t.teardown(async () => {
    await release()
    await app.close()
  })
  return { client, openRefused, release, parsed: () => parsed }
}

/** Status line, headers and body of the replies, without what differs. */
function repliesOf(bytes: string): { readonly lines: readonly string[]; readonly body: Record<string, unknown> }[] {
  const normal = bytes.replace(/[\da-f-]{36}/g, 'ID').replace(/^(date|retry-after): .*/gim, '$1: 1')
  return normal
    .split(/(?=HTTP\/1\.1)/)
    .filter(Boolean)
    .map(reply => {
      const [head = '', body = ''] = reply.split('\r\n\r\n')
      return { lines: head.split('\r\n').map(line => line.toLowerCase()), body: JSON.parse(body) }
    })
}

t.test('while the server is full, further messages of a connection are refused unparsed, with the same reply', async t => {
  const { client, parsed } = await startWorld(t)
  for (let i = 0; i < 3; i++) await client.exchange(chat())
  await client.exchange(chat(['X-Request-Id: own-id']))
  const [first, ...others] = repliesOf(client.received())
  t.equal(parsed(), 1)
  t.match(first?.body, { statusCode: 503, code: 'OVERLOADED', request_id: 'ID' })
  t.equal(others.length, 4)
  for (const other of others.slice(0, 3)) t.same(other, first)
  t.match(others[3], { body: { request_id: 'own-id' } })
})

t.test('a message is accepted as soon as there is room, and the next one too', async t => {
  const { client, parsed, release } = await startWorld(t)
  await client.exchange(chat())
  await release()
  for (let i = 0; i < 2; i++) await client.exchange(chat())
  t.same(statusesOf(client.received()), [503, 503, 200, 200])
  t.equal(parsed(), 3)
})

t.test('what is not exactly one whole message is parsed', async t => {
  const { parsed, openRefused } = await startWorld(t)
  const packets = [
    chat().repeat(2),
    `${chat()}G`,
    chat().slice(0, -1),
    chat(['Connection: close']),
    chat(['Expect: 100-continue']),
    chat(['Content-Length: 17']),
    chat(['Transfer-Encoding: chunked']),
    chat().replace('/chat', '/absent'),
    chat().replace('HTTP/1.1', 'HTTP/1.0'),
  ]
  for (const packet of packets) {
    const client = await openRefused()
    const before = parsed()
    client.socket.write(packet)
    await until(() => statusesOf(client.received()).length > 1)
    // Node's parser refuses two lengths, or a length and an encoding, without a request.
    const isMalformed = statusesOf(client.received())[1] === 400
    t.ok(parsed() > before || isMalformed, packet)
  }
})

t.test('a packet that continues a request is no request', async t => {
  const { client, parsed } = await startWorld(t)
  client.socket.write(`${chat()}POST /chat HTTP/1.1\r\nHost: localhost\r\nX-Note: `)
  await until(() => statusesOf(client.received()).length === 2)
  await client.exchange(chat())
  t.equal(parsed(), 3)
  t.equal(statusesOf(client.received()).length, 3, 'the header contains the message')
})
