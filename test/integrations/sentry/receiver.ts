import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

export interface Item {
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an event is what a test asserts
  readonly payload: any
}

/** Receives what a server sends to Sentry, and takes its envelopes apart. */
export interface SentryReceiver {
  readonly dsn: string
  /** All that arrived, as text: headers of the requests, and bodies. */
  readonly bytes: string[]
  /** Items of envelopes that were accepted. */
  readonly items: Item[]
  events(): Item['payload'][]
  /** How requests are answered; undefined accepts them. */
  answerBy(answer: ((reply: ServerResponse) => void) | undefined): void
  /** Requests that were not accepted. */
  refused(): number
  /** Stops listening, and listens on the same port again. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** Starts a receiver on a free port; it stops with the test. */
export async function startReceiver(t: { teardown(fn: () => unknown): void }): Promise<SentryReceiver> {
  const bytes: string[] = []
  const items: Item[] = []
  let answer: ((reply: ServerResponse) => void) | undefined
  let refused = 0
  const server = createServer(async (request, reply) => {
    const body = await buffer(request)
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
    bytes.push(request.url ?? '', JSON.stringify(request.headers), text)
    if (answer !== undefined) {
      refused++
      return answer(reply)
    }
    items.push(...readEnvelope(text))
    reply.setHeader('content-type', 'application/json').end('{}')
  })
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  t.teardown(stop)
  return {
    dsn: `http://0123456789abcdef0123456789abcdef@127.0.0.1:${port}/7`,
    bytes,
    items,
    events: () => items.filter(({ type }) => type === 'event').map(({ payload }) => payload),
    answerBy: next => {
      answer = next
    },
    refused: () => refused,
    stop,
    start: () => listen(port),
  }
}

/** An envelope is lines of JSON: its header, then header and payload of each item. */
function readEnvelope(text: string): readonly Item[] {
  const [, ...lines] = text.split('\n').filter(Boolean)
  const values = lines.map(line => JSON.parse(line))
  return values.flatMap((header, i) => (i % 2 === 0 ? [{ type: header.type, payload: values[i + 1] }] : []))
}
