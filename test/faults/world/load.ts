import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoOf } from '../../../src/errors.ts'

/** What the ledger of the clients and the stored turns say when they are compared. */
export interface Comparison {
  /** Messages that got a reply with status 200. */
  readonly acknowledged: number
  /** Acknowledged turns that are not stored, stored more than once, or not in order. */
  readonly lost: number
  readonly doubled: number
  readonly misplaced: number
}

/** Clients that send one message after the other, and send each again until it is acknowledged. */
export interface Load {
  readonly acknowledged: number
  /** Replies by status and code, such as `200` and `503 DATABASE_UNAVAILABLE`, since `recount`. */
  readonly replies: ReadonlyMap<string, number>
  recount(): void
  /** Resolves when each client has got its last message acknowledged. */
  stop(): Promise<void>
  /** Compares what was acknowledged with what is stored. Call it after `stop`. */
  compare(): Promise<Comparison>
}

interface Reply {
  readonly status: number
  readonly retryAfter?: string | null
  // biome-ignore lint/suspicious/noExplicitAny: the reply's shape is what a test asserts
  readonly body: any
}

const RETRY_DELAY_MS = 20
const PAGE_TURNS = 100

/**
 * Starts clients, each in a session of its own. Every third message is a question. They pause
 * between messages for `pauseMs`.
 */
export function startLoad(address: string, clients: number, pauseMs = 0): Load {
  const replies = new Map<string, number>()
  /** Turn ids by session, in the order of their acknowledgement. */
  const ledger = new Map<string, string[]>()
  let acknowledged = 0
  let isStopping = false

  async function request(path: string, init?: RequestInit): Promise<Reply> {
    const reply: Reply = await fetch(`${address}${path}`, init)
      .then(async reply => ({
        status: reply.status,
        body: JSON.parse((await reply.text()) || '{}'),
        retryAfter: reply.headers.get('retry-after'),
      }))
      // Also when the connection breaks within a reply.
      .catch(error => ({ status: 0, body: { code: errnoOf(error.cause) ?? String(error) } }))
    const advice = reply.status === 503 && reply.retryAfter === null ? ' without Retry-After' : ''
    const kind = reply.body.code === undefined ? `${reply.status}` : `${reply.status} ${reply.body.code}${advice}`
    replies.set(kind, (replies.get(kind) ?? 0) + 1)
    return reply
  }

  async function sendUntilAcknowledged(message: string, session_id: string | undefined): Promise<Reply> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
    for (;;) {
      const reply = await request('/chat', { method: 'POST', headers, body: JSON.stringify({ message, session_id }) })
      if (reply.status === 200) return reply
      await delay(RETRY_DELAY_MS)
    }
  }

  async function converse(client: number): Promise<void> {
    let session: string | undefined
    for (let n = 1; !isStopping; n++) {
      const text = n % 3 === 0 ? 'How do I add documents?' : 'hello'
      const { body } = await sendUntilAcknowledged(`${text} (${n} of client ${client})`, session)
      session = body.session_id as string
      ledger.set(session, [...(ledger.get(session) ?? []), body.turn_id])
      acknowledged++
      await request(`/sessions/${session}/turns?limit=2`)
      await request(`/turns/${body.turn_id}`)
      await eraseAnother()
      await delay(pauseMs)
    }
  }

  /** Erasing is recorded in the audit trail, unlike messages. */
  async function eraseAnother(): Promise<void> {
    const { body } = await request('/sessions', { method: 'POST' })
    if (body.session_id !== undefined) await request(`/sessions/${body.session_id}`, { method: 'DELETE' })
  }

  async function storedTurns(session: string): Promise<readonly { readonly turn_id: string; readonly message: string }[]> {
    const turns = []
    for (let before = ''; ; ) {
      const { status, body } = await request(`/sessions/${session}/turns?limit=${PAGE_TURNS}${before}`)
      if (status !== 200) throw new Error(`${status} ${body.code}`)
      turns.push(...body.turns)
      if (body.next === null) return turns.reverse()
      before = `&before=${body.next}`
    }
  }

  const running = Array.from({ length: clients }, (_, client) => converse(client))
  return {
    get acknowledged() {
      return acknowledged
    },
    replies,
    recount: () => replies.clear(),
    async stop() {
      isStopping = true
      await Promise.all(running)
    },
    async compare() {
      let [lost, doubled, misplaced] = [0, 0, 0]
      for (const [session, turnIds] of ledger) {
        const stored = await storedTurns(session)
        const known = new Set(turnIds)
        lost += turnIds.filter(id => !stored.some(({ turn_id }) => turn_id === id)).length
        doubled += stored.length - new Set(stored.map(({ message }) => message)).size
        const kept = stored.map(({ turn_id }) => turn_id).filter(id => known.has(id))
        misplaced += kept.filter((id, i) => id !== turnIds[i]).length
      }
      return { acknowledged, lost, doubled, misplaced }
    },
  }
}
