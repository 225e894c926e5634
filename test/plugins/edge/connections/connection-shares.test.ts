import t from 'tap'
import { createConnectionShares } from '../../../../plugins/edge/connections/connection-shares.ts'
import { buildAppWorld } from '../../../worlds/app-world.ts'
import { get, openRaw, statusesOf } from '../../../worlds/raw-client.ts'
import { until } from '../../../worlds/until.ts'

const PROXY = '127.0.0.1'
const GREEDY = '192.0.2.1'

function createWorld(limit: number) {
  let nowMs = 0
  let closed = 0
  const isTrusted = (address: string | undefined) => address === PROXY
  const shares = createConnectionShares({ limit, isTrusted, now: () => nowMs, onClose: () => closed++ })
  /** Opens a connection, and returns whether it is still open. */
  function connect(remoteAddress: string) {
    let isOpen = true
    const connection = {
      remoteAddress,
      destroy() {
        isOpen = false
        shares.leave(connection)
      },
    }
    shares.enter(connection)
    return { isOpen: () => isOpen, begin: () => shares.begin(connection), end: () => shares.end(connection) }
  }
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { shares, connect, pass, closed: () => closed }
}

t.test('an address gets half of the connections; a proxy on this machine all', async t => {
  const { connect, closed } = createWorld(10)
  const greedy = Array.from({ length: 6 }, () => connect(GREEDY))
  const others = ['192.0.2.2', ...Array(4).fill(PROXY)].map(connect)
  t.same(
    greedy.map(({ isOpen }) => isOpen()),
    [true, true, true, true, true, false],
  )
  t.ok(others.every(({ isOpen }) => isOpen()))
  t.equal(closed(), 1)
})

t.test('the addresses of an IPv6 network share its half', async t => {
  const { connect } = createWorld(10)
  const greedy = Array.from({ length: 6 }, (_, i) => connect(`2001:db8:0:1::${i}`))
  t.notOk(greedy.at(-1)?.isOpen())
  t.ok(connect('2001:db8:0:2::1').isOpen())
})

t.test('the oldest silent connection of an address makes room for its next one', async t => {
  const { shares, connect, pass } = createWorld(4)
  const other = connect('192.0.2.2')
  const [first, second] = [connect(GREEDY), connect(GREEDY)]
  first.begin()
  pass(2000)
  const third = connect(GREEDY)
  t.same([first.isOpen(), second.isOpen(), third.isOpen()], [true, false, true])
  t.notOk(connect(GREEDY).isOpen(), 'no connection has been silent for two seconds')
  t.ok(other.isOpen())
  shares.makeRoom()
  t.notOk(other.isOpen())
})

t.test('the connection that has been idle for longest makes room, and never one with a request in progress', async t => {
  const { shares, connect, pass } = createWorld(4)
  const [served, busy, late] = [PROXY, PROXY, PROXY].map(connect)
  for (const one of [served, busy, late]) one!.begin()
  served!.end()
  pass(100)
  late!.end()
  pass(200)
  shares.makeRoom()
  shares.makeRoom()
  t.same(
    [served, busy, late].map(one => one!.isOpen()),
    [false, true, true],
    'the other has been idle for 200 ms only',
  )
  pass(60_000)
  shares.makeRoom()
  shares.makeRoom()
  t.same(
    [busy, late].map(one => one!.isOpen()),
    [true, false],
  )
})

t.test('clients that stay idle after a request lock out no other, and their keep-alive gets shorter', async t => {
  const { app } = await buildAppWorld(t, { MAX_CONNECTIONS: '8' })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const usualMs = app.server.keepAliveTimeout
  const idlers = await Promise.all(Array.from({ length: 8 }, () => openRaw(t, address)))
  for (const idler of idlers) await idler.exchange(get('/health')).catch(() => undefined)
  t.ok(app.server.keepAliveTimeout < usualMs)
  for (let n = 0; n < 20; n++)
    await until(async () => {
      const client = await openRaw(t, address)
      client.socket.end(get('/health'))
      return statusesOf(await client.ended)[0] === 200
    })
  t.equal(statusesOf(await idlers[0]!.ended)[0], 200, 'the one that was idle for longest is closed')
  for (const { socket } of idlers) socket.destroy()
  await until(() => app.server.keepAliveTimeout === usualMs)
})

t.test('silent connections of this machine lock out no client', async t => {
  const { app } = await buildAppWorld(t, { MAX_CONNECTIONS: '8' })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const silent = await Promise.all(Array.from({ length: 8 }, () => openRaw(t, address)))
  const now = performance.now.bind(performance)
  t.intercept(performance, 'now', { value: () => now() + 2000 })
  await until(async () => {
    const client = await openRaw(t, address)
    client.socket.end(get('/health'))
    return statusesOf(await client.ended)[0] === 200
  })
  t.equal(await silent[0]?.ended, '', 'the oldest one is closed')
})
