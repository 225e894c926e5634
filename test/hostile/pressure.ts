import { connect, type Socket } from 'node:net'
import { count, type Tally } from './attack.ts'
import { findBreach, labelOf, parseReplies } from './replies.ts'

/** A client that holds its connection until the server closes it. */
interface Holder {
  readonly bytes: string | Buffer
  /** What it sends each second. */
  readonly trickle?: string
  /** It reads nothing for this time, and then leaves. */
  readonly deafMs?: number
}

const TRICKLE_MS = 1000
/** Node closes idle connections after 72 s. */
const LIMIT_MS = 150_000
const BODY = 8_388_608

/** The waves of clients, by name. */
export interface Waves {
  /** As many large documents as the server receives at once. Each is refused: it is not JSON. */
  readonly largeDocuments: readonly Holder[]
  /** Clients that hold what they can get. */
  readonly hostile: Readonly<Record<string, readonly Holder[]>>
}

/** @param host The header `Host`, and a key if the server asks for one, each line with its end. */
export function createWaves(host: string): Waves {
  const json = `${host}Content-Type: application/json\r\n`
  const unread = `GET /docs/json HTTP/1.1\r\n${host}\r\n`
  const document = (length: number, more: string, sent: number) =>
    Buffer.concat([
      Buffer.from(`PUT /documents/a HTTP/1.1\r\n${json}${more}Content-Length: ${length}\r\n\r\n`),
      Buffer.alloc(sent, ' '),
    ])
  const slow: readonly Holder[] = [
    { bytes: '' },
    { bytes: 'GET /hea', trickle: 'l' },
    { bytes: `GET /health HTTP/1.1\r\n${host}`, trickle: 'X: y\r\n' },
    { bytes: `POST /chat HTTP/1.1\r\n${json}Content-Length: 1000\r\n\r\n{"message":"`, trickle: 'a' },
    { bytes: `POST /chat HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\n`, trickle: '1\r\na\r\n' },
  ]
  return {
    largeDocuments: Array.from({ length: 8 }, () => ({ bytes: document(BODY, 'Connection: close\r\n', BODY) })),
    hostile: {
      'slow connections': Array.from({ length: 2000 }, (_, i) => slow[i % slow.length] as Holder),
      'pipelined requests': Array.from({ length: 20 }, () => ({ bytes: unread.replace('/docs/json', '/absent').repeat(1000) })),
      'huge bodies': Array.from({ length: 100 }, (_, i) => ({ bytes: document(i < 80 ? BODY : 6 * BODY, '', BODY - 1) })),
      'unread replies': Array.from({ length: 150 }, () => ({ bytes: unread.repeat(90), deafMs: 15_000 })),
    },
  }
}

/** Lets a wave of clients loose at once. Resolves when the server has closed all connections. */
export async function unleash(port: number, tally: Tally, name: string, wave: readonly Holder[]): Promise<void> {
  await Promise.all(
    wave.map(async holder => {
      const { received, isStalled } = await hold(port, holder)
      const { replies } = parseReplies(received)
      tally.sent += 1
      for (const reply of replies) count(tally, labelOf(reply))
      if (replies.length === 0) count(tally, 'no reply')
      for (const breach of replies.map(reply => findBreach(reply)))
        if (breach !== undefined) tally.breaches.push(`${name}: ${breach}`)
      if (isStalled) tally.breaches.push(`${name}: a connection was not closed`)
    }),
  )
}

function hold(port: number, { bytes, trickle, deafMs = 0 }: Holder): Promise<{ received: Buffer; isStalled: boolean }> {
  return new Promise(resolve => {
    const pieces: Buffer[] = []
    let isStalled = false
    const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(bytes))
    const timers = [
      setInterval(() => trickle !== undefined && socket.writable && socket.write(trickle), TRICKLE_MS),
      setTimeout(() => deafMs > 0 && socket.resume().end(), deafMs),
      setTimeout(() => {
        isStalled = true
        socket.destroy()
      }, LIMIT_MS),
    ]
    socket.on('data', data => pieces.push(data))
    if (deafMs > 0) socket.pause()
    socket.on('end', () => socket.end())
    // The server may reset what it has refused.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer)
      resolve({ received: Buffer.concat(pieces), isStalled })
    })
  })
}
