import t from 'tap'
import { connectionLimit, readDescriptorLimit } from '../../../src/health/descriptor-limit.ts'
import { get, openRaw } from '../../worlds/raw-client.ts'
import { makeFolders, startServer } from '../../worlds/server-world.ts'
import { expireTimers } from '../../worlds/time-limits.ts'
import { until } from '../../worlds/until.ts'

/** Intervals of the samples of the event loop, and of the line on dropped connections. */
const INTERVALS_MS = [500, 10_000]
const DESCRIPTORS = 256

t.test('a server without a free file descriptor continues', async t => {
  const environment = { NODE_OPTIONS: expireTimers('setTimeout', ...INTERVALS_MS), MAX_EVENT_LOOP_DELAY_MS: '1000' }
  const server = await startServer(t, environment, makeFolders(t), DESCRIPTORS)
  const [first, ...others] = await Promise.all(Array.from({ length: DESCRIPTORS + 50 }, () => openRaw(t, server.address)))
  await until(() => /Connections dropped connections=\d+ max_connections=128/.test(server.output()))
  // Samples are taken between the requests.
  for (let request = 0; request < 100; request++) await first?.exchange(get('/health'))
  for (const { socket } of others) socket.destroy()
  t.notMatch(server.output(), /CRITICAL/)
  t.match(await (await fetch(`${server.address}/metrics`)).text(), /^chatbot_dropped_connections_total(\{.*\})? [1-9]/m)
})

t.test('connections leave descriptors for the database and the log', async t => {
  t.equal(connectionLimit(4096, 1_048_576), 4096)
  t.equal(connectionLimit(4096, 1024), 768)
  t.equal(connectionLimit(4096, 256), 128)
  t.equal(connectionLimit(1, Number.POSITIVE_INFINITY), 1)
})

t.test('the limit of file descriptors is read, or the usual one', async t => {
  const path = t.testdir({
    limits: 'Limit  Soft Limit  Hard Limit  Units\nMax open files            512       4096       files\n',
  })
  t.equal(readDescriptorLimit(`${path}/limits`), 512)
  t.equal(readDescriptorLimit(`${path}/absent`), 1024)
})

t.test('a file of the documentation that is not read keeps no file open', async t => {
  const server = await startServer(t, {}, makeFolders(t), DESCRIPTORS)
  const clients = await Promise.all(Array.from({ length: 100 }, () => openRaw(t, server.address)))
  for (const { socket } of clients) socket.pause().write(get('/docs/static/swagger-ui-bundle.js').repeat(100))
  const page = await fetch(`${server.address}/docs/static/swagger-ui.css`)
  t.match([page.status, page.headers.get('content-type')], [200, /css/])
  const etag = page.headers.get('etag') ?? ''
  t.equal((await fetch(`${server.address}/docs/static/swagger-ui.css`, { headers: { 'if-none-match': etag } })).status, 304)
  t.equal((await fetch(`${server.address}/health/ready`)).status, 200)
})
