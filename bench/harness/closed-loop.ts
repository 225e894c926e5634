/**
 * A cheap load generator, to saturate the server and not itself: prepared requests over raw
 * sockets, one in flight per connection. autocannon uses more CPU than a bare Fastify.
 */
import { connect } from 'node:net'

export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
}

export interface LoadOptions {
  readonly connections: number
  readonly seconds: number
}

/** Formats a request: GET, or POST with a JSON body. */
export function prepareRequest(path: string, body?: object): Buffer {
  if (body === undefined) return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  const json = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}`
  return Buffer.from(`${head}\r\n\r\n${json}`)
}

/**
 * Repeats these requests as fast as they are answered. Throws if an answer is not 200 or a
 * connection fails.
 */
export async function loadClosedLoop(
  address: string,
  requests: readonly Buffer[],
  { connections, seconds }: LoadOptions,
): Promise<LoadResult> {
  let sent = 0
  const next = () => requests[sent++ % requests.length] ?? Buffer.of()
  const started = performance.now()
  const until = started + seconds * 1000
  const counts = await Promise.all(Array.from({ length: connections }, () => ask(new URL(address), next, until)))
  const answered = counts.reduce((sum, count) => sum + count, 0)
  return { requests: answered, perSecond: (answered * 1000) / (performance.now() - started) }
}

function ask({ hostname, port }: URL, next: () => Buffer, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let answered = 0
    let awaitedBytes = 0
    socket.setNoDelay()
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('server closed a connection')))
    socket.on('connect', () => socket.write(next()))
    socket.on('data', data => {
      if (awaitedBytes === 0) awaitedBytes = answerBytes(data)
      awaitedBytes -= data.length
      if (awaitedBytes > 0) return
      if (awaitedBytes < 0) return socket.destroy(new Error(`expected 200, got: ${data.toString('latin1')}`))
      answered++
      if (performance.now() < until) return socket.write(next())
      socket.removeAllListeners('close')
      socket.destroy()
      resolve(answered)
    })
  })
}

/** Returns the length of an answer from its head; negative unless it is a 200. */
function answerBytes(data: Buffer): number {
  const text = data.toString('latin1', 0, Math.min(data.length, 2048))
  const head = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  return text.startsWith('HTTP/1.1 200') && head > 0 && length !== undefined ? head + 4 + Number(length) : -1
}
