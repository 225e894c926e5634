/**
 * A load generator that costs little, so that the server is what saturates: prepared requests over raw sockets, the next one on a connection when
 * the last is answered. autocannon takes more of a processor than a bare Fastify does, and would be what is measured.
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

/** A request as it goes over the wire: GET, or POST where there is a body, which is sent as JSON. */
export function prepareRequest(path: string, body?: object): Buffer {
  if (body === undefined) return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  const json = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}`
  return Buffer.from(`${head}\r\n\r\n${json}`)
}

/** Sends these requests, one after another and over again, as fast as they are answered. Throws where an answer is not 200, or a connection fails. */
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
    socket.once('close', () => reject(new Error('the server closed a connection')))
    socket.on('connect', () => socket.write(next()))
    socket.on('data', data => {
      if (awaitedBytes === 0) awaitedBytes = answerBytes(data)
      awaitedBytes -= data.length
      if (awaitedBytes > 0) return
      if (awaitedBytes < 0) return socket.destroy(new Error(`an answer other than 200: ${data.toString('latin1')}`))
      answered++
      if (performance.now() < until) return socket.write(next())
      socket.removeAllListeners('close')
      socket.destroy()
      resolve(answered)
    })
  })
}

/** How long an answer is, by its head; negative where it is not one that is hoped for. */
function answerBytes(data: Buffer): number {
  const text = data.toString('latin1', 0, Math.min(data.length, 2048))
  const head = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  return text.startsWith('HTTP/1.1 200') && head > 0 && length !== undefined ? head + 4 + Number(length) : -1
}
