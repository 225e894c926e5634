import t from 'tap'
import { createConnectionShares } from '../../../plugins/http/connections/connection-shares.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { get, openRaw, statusesOf } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

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
    return { isOpen: () => isOpen, speak: () => shares.speak(connection) }
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
  first.speak()
  pass(2000)
  const third = connect(GREEDY)
  t.same([first.isOpen(), second.isOpen(), third.isOpen()], [true, false, true])
  t.notOk(connect(GREEDY).isOpen(), 'no connection has been silent for two seconds')
  t.ok(other.isOpen())
  shares.makeRoom()
  t.notOk(other.isOpen())
})

t.test('silent connections of this machine lock out no client', async t => {
  const { app } = await buildAppWorld(t, { MAX_CONNECTIONS: '8' })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const served = await openRaw(t, address)
  await served.exchange(get('/health'))
  const silent = await Promise.all(Array.from({ length: 7 }, () => openRaw(t, address)))
  const now = performance.now.bind(performance)
  t.intercept(performance, 'now', { value: () => now() + 2000 })
  await until(async () => {
    const client = await openRaw(t, address)
    client.socket.end(get('/health'))
    return statusesOf(await client.ended)[0] === 200
  })
  t.equal(await silent[0]?.ended, '', 'the oldest one is closed')
  await served.exchange(get('/health'))
  t.same(statusesOf(served.received()), [200, 200])
})
