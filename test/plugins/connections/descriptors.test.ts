import { connect, type Socket } from 'node:net'
import t from 'tap'
import { makeFolders, startServer } from '../../worlds/server-world.ts'
import { expireTimers } from '../../worlds/time-limits.ts'

/** The interval at which memory and event loop are sampled. */
const SAMPLE_INTERVAL_MS = 500
const DESCRIPTORS = 256

t.test('a server without a free file descriptor continues', async t => {
  const NODE_OPTIONS = expireTimers('setTimeout', SAMPLE_INTERVAL_MS)
  const environment = { NODE_OPTIONS, MAX_EVENT_LOOP_DELAY_MS: '1000' }
  const server = await startServer(t, environment, makeFolders(t), DESCRIPTORS)
  const port = Number(new URL(server.address).port)
  const [first, ...others] = await Promise.all(Array.from({ length: DESCRIPTORS + 50 }, () => openSilently(t, port)))
  // Samples are taken between the requests.
  for (let request = 0; request < 100; request++) t.match(await exchange(first!), /^HTTP\/1\.1 200/)
  for (const socket of others) socket.destroy()
  t.notMatch(server.output(), /CRITICAL/)
})

/** Opens a connection that sends nothing. The server may close it. */
function openSilently(t: { teardown(fn: () => unknown): void }, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  t.teardown(() => socket.destroy())
  return new Promise(resolve => socket.once('connect', () => resolve(socket)))
}

async function exchange(socket: Socket): Promise<string> {
  socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n')
  return new Promise(resolve => socket.once('data', data => resolve(String(data))).once('close', () => resolve('closed')))
}
