import { connect } from 'node:net'
import { seededRandom } from '../worlds/seeded-random.ts'
import { type Attempt, makeAttempt } from './grammar.ts'
import { findBreach, labelOf, parseReplies } from './replies.ts'

/** What hostile clients got. */
export interface Tally {
  sent: number
  /** Replies by status and code; connections that closed without one. */
  readonly counts: Map<string, number>
  /** What must not happen, with the bytes that caused it. */
  readonly breaches: string[]
}

/** After this time a client ends its side although it has no reply, if none is sure to come. */
const PATIENCE_MS = 50
/** No request takes this long on a busy machine. The server's own limit is 30 s. */
const STALL_MS = 25_000

export const createTally = (): Tally => ({ sent: 0, counts: new Map(), breaches: [] })

const CLIENTS = 32

/** Sends generated requests, each on a connection of its own. @param change Applied to each. */
export async function attack(
  port: number,
  tally: Tally,
  requests: number,
  seed: number,
  change: (random: () => number, attempt: Attempt) => Attempt = (_, attempt) => attempt,
): Promise<void> {
  const random = seededRandom(seed)
  let left = requests
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (left-- > 0) await tryOne(port, tally, change(random, makeAttempt(random)))
  })
  await Promise.all(clients)
}

/** Sends the bytes of one attempt and judges the replies. */
export async function tryOne(port: number, tally: Tally, attempt: Attempt): Promise<void> {
  const { kind, bytes, isHead } = attempt
  const { received, failure } = await exchange(port, attempt)
  const { replies, rest } = parseReplies(received, isHead)
  tally.sent += 1
  for (const reply of replies) count(tally, labelOf(reply, isHead))
  if (replies.length === 0) count(tally, 'no reply')
  const breaches = replies.map(reply => findBreach(reply, isHead))
  if (failure === 'stalled' || failure === 'ECONNREFUSED') breaches.push(failure)
  if (rest !== '' && !isHead) breaches.push(`bytes that are no whole reply: ${rest.slice(0, 80)}`)
  if (replies.length > attempt.maxReplies) breaches.push(`${replies.length} replies`)
  if (replies.length === 0 && attempt.needsReply) breaches.push(`no reply (${failure ?? 'closed'})`)
  const excerpt = JSON.stringify(bytes.subarray(0, 300).toString('latin1'))
  for (const breach of breaches) if (breach !== undefined) tally.breaches.push(`${kind}: ${breach} to ${excerpt}`)
}

export function count({ counts }: Tally, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

/** Sends bytes, and ends its side after the first reply: Node then sends no further one. */
export function exchange(
  port: number,
  attempt: Pick<Attempt, 'bytes' | 'needsReply' | 'isHead'>,
): Promise<{ received: Buffer; failure: string | undefined }> {
  return new Promise(resolve => {
    let received = Buffer.alloc(0)
    let failure: string | undefined
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
      socket.write(attempt.bytes, () => attempt.needsReply || setTimeout(() => socket.end(), PATIENCE_MS)),
    )
    const stall = setTimeout(() => {
      failure = 'stalled'
      socket.destroy()
    }, STALL_MS)
    socket.on('data', data => {
      received = Buffer.concat([received, data])
      if (parseReplies(received, attempt.isHead).replies.length > 0) socket.end()
    })
    socket.on('end', () => socket.end())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code ?? error.message
    })
    socket.on('close', () => {
      clearTimeout(stall)
      resolve({ received, failure })
    })
  })
}
