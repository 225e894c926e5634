import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import admission from '../../../plugins/edge/admission.ts'
import closing from '../../../plugins/edge/closing.ts'
import { createPipelines } from '../../../plugins/edge/connections/pipeline.ts'
import pipelining from '../../../plugins/edge/pipelining.ts'
import protocolChecks from '../../../plugins/edge/protocol-checks.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { get, openRaw, statusesOf } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

const ERROR_HANDLER = { name: 'error-handler' }
/** Places of a server whose capacity is not measured yet. */
const PLACES = 1000
/** The time of the processor that a request to `/spin` takes. */
const SPIN_MS = 5

/** An application whose requests wait in their handler until they are released. */
async function startWorld(t: Test) {
  const lines: Record<string, unknown>[] = []
  const app = Fastify({ logger: { stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  const handling: string[] = []
  const releases: (() => void)[] = []
  app.register(pipelining)
  app.get('/quick/:name', async request => {
    handling.push((request.params as { name: string }).name)
    return {}
  })
  app.get('/spin/:name', async request => {
    handling.push((request.params as { name: string }).name)
    for (const end = performance.now() + SPIN_MS; performance.now() < end; );
    return {}
  })
  app.get('/wait/:name', async request => {
    handling.push((request.params as { name: string }).name)
    await new Promise<void>(resolve => releases.push(resolve))
    return {}
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  return { address, lines, handling, release: () => releases.shift()?.() }
}

t.test('a client that pipelines gets one turn at a time, and delays no other client', async t => {
  const { address, handling, release } = await startWorld(t)
  const greedy = await openRaw(t, address)
  greedy.socket.write(get('/wait/greedy').repeat(50))
  await until(() => handling.length === 1)
  const modest = await openRaw(t, address)
  modest.socket.write(get('/wait/modest'))
  await until(() => handling.length === 2)
  t.same(handling, ['greedy', 'modest'])
  release()
  await until(() => handling.length === 3)
  t.same(statusesOf(greedy.received()), [200])
})

t.test('between two requests of a connection the server serves others', async t => {
  const { address, handling } = await startWorld(t)
  const [greedy, modest] = await Promise.all([openRaw(t, address), openRaw(t, address)])
  greedy.socket.write(get('/quick/greedy').repeat(100))
  modest.socket.write(get('/quick/modest'))
  await until(() => handling.length === 101)
  t.ok(handling.indexOf('modest') < 50, `after ${handling.indexOf('modest')} of 100 requests`)
})

t.test('many clients that pipeline expensive requests delay another one by a slice, not by one of each', async t => {
  const { address, handling } = await startWorld(t)
  const greedy = await Promise.all(Array.from({ length: 50 }, () => openRaw(t, address)))
  greedy.forEach(({ socket }, i) => void socket.write(get(`/spin/greedy-${i}`).repeat(20)))
  await until(() => new Set(handling).size === greedy.length)
  const modest = await openRaw(t, address)
  const before = handling.length
  modest.socket.write(get('/quick/modest'))
  await until(() => handling.includes('modest'))
  const meanwhile = handling.indexOf('modest') - before
  t.ok(meanwhile < 10, `after ${meanwhile} requests of ${greedy.length} others`)
})

t.test('requests that wait are dropped when their connection closes', async t => {
  const { address, lines, handling, release } = await startWorld(t)
  const client = await openRaw(t, address)
  client.socket.write(get('/wait/a').repeat(10))
  await until(() => handling.length === 1)
  client.socket.destroy()
  await until(() => lines.some(line => line.msg === 'Waiting requests dropped: their connection closed' && line.requests === 9))
  release()
  t.equal(handling.length, 1)
})

t.test('a connection with too many requests gets its replies, then 429, and is closed', async t => {
  const { app } = await buildAppWorld(t)
  const client = await openRaw(t, await app.listen({ port: 0, host: '127.0.0.1' }))
  let requests = 0
  app.server.on('request', () => requests++)
  client.socket.write(get('/health').repeat(6000))
  const replies = await client.ended
  t.same(statusesOf(replies), [...Array(101).fill(200), 429])
  t.match(replies, /connection: close[\s\S]*"code":"TOO_MANY_PIPELINED"/)
  t.ok(requests <= 65_536 / get('/health').length + 1, `of 6,000 requests, those in the first 64 KiB were parsed: ${requests}`)
})

t.test('under overload too, the reply to one request too many closes the connection', async t => {
  const app = Fastify()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  app.register(fp(async scope => void scope.setErrorHandler((_, _request, reply) => reply.code(429).send({})), ERROR_HANDLER))
  for (const plugin of [pipelining, closing, admission, protocolChecks]) app.register(plugin)
  app.get('/', async () => ({}))
  app.get('/wait', async () => released)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const held = Array.from({ length: PLACES }, () => app.inject('/wait'))
  await until(async () => (await app.inject('/')).statusCode === 503)
  const client = await openRaw(t, address)
  client.socket.write(get('/').repeat(200))
  const replies = await client.ended
  t.same(statusesOf(replies), [...Array(101).fill(503), 429])
  t.match(replies, /HTTP\/1.1 429[\s\S]*connection: close/)
  release()
  await Promise.all(held)
})

t.test('a connection is closed when too many requests wait on all of them', async t => {
  const pipelines = createPipelines({ waiting: 10, waitingInAll: 3 })
  const connections = [0, 1].map(() => ({
    destroyed: false,
    destroy() {
      this.destroyed = true
    },
  }))
  for (let request = 0; request < 3; request++) for (const one of connections) pipelines.enter(one, () => undefined)
  t.same(
    connections.map(({ destroyed }) => destroyed),
    [false, true],
  )
  t.equal(pipelines.leave(connections[1]!), 2)
  pipelines.enter(connections[0]!, () => undefined)
  t.equal(connections[0]?.destroyed, false)
})
