import { randomUUID } from 'node:crypto'
import { seededRandom } from '../worlds/seeded-random.ts'
import type { KilledServer } from './killed-server.ts'
import { count, expect, type Ledger } from './ledger.ts'

export interface ClientOptions {
  readonly server: KilledServer
  readonly ledger: Ledger
  /** At least 0 and below 1. */
  readonly random: () => number
  /** Ends the client after its current request. */
  readonly signal: AbortSignal
}

const QUESTIONS = [
  'what is a session',
  'how do I add documents',
  'which settings are there',
  '/help',
  'hello',
  '/search log',
  '/why',
]
const TURNS_PER_SESSION = 12

/** Makes a word that no document contains by chance. */
export function makeWord(random: () => number): string {
  return `zq${Array.from({ length: 14 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')}`
}

/** Clients that work until they are stopped. */
export interface Clients {
  /** Aborted when the clients are stopped, or one of them fails. */
  readonly signal: AbortSignal
  /** Resolves when the current requests are answered. @throws the error of a client. */
  stop(): Promise<void>
}

/** Starts so many conversations, and one client each that says secrets and edits documents. */
export function startClients(conversations: number, { server, ledger, random }: Omit<ClientOptions, 'signal'>): Clients {
  const end = new AbortController()
  const options = () => ({ server, ledger, random: seededRandom(Math.floor(random() * 2 ** 31)), signal: end.signal })
  const working = Promise.all([
    ...Array.from({ length: conversations }, () => converse(options())),
    saySecrets(options()),
    editDocuments(options()),
  ])
  // `stop` awaits it; until then its rejection is no unhandled one.
  working.catch(() => end.abort())
  return {
    signal: end.signal,
    async stop() {
      end.abort()
      await working
    },
  }
}

/** Talks with an idempotency key for each message, and repeats some requests after their reply. */
async function converse({ server, ledger, random, signal }: ClientOptions): Promise<void> {
  const turns: { readonly headers: Record<string, string>; readonly body: object; readonly text: string }[] = []
  let session: string | undefined
  while (!signal.aborted) {
    const message = QUESTIONS[Math.floor(random() * QUESTIONS.length)] ?? ''
    const body = { message, ...(session !== undefined && { session_id: session }) }
    const headers = { 'idempotency-key': randomUUID() }
    const reply = await server.request('POST', '/chat', body, headers)
    expect(ledger, reply.status === 200, () => `POST /chat: ${reply.status} ${reply.text}`)
    if (reply.status !== 200) return
    const { session_id, turn_id, response } = JSON.parse(reply.text)
    const said = ledger.sessions.get(session_id) ?? []
    ledger.sessions.set(session_id, [...said, { turnId: turn_id, message, response }])
    count(ledger, 'turns')
    if (reply.attempts > 1) count(ledger, 'turns repeated after a kill')
    session = said.length + 1 < TURNS_PER_SESSION ? session_id : undefined
    turns.push({ headers, body, text: reply.text })
    const earlier = turns[Math.floor(random() * turns.length)]
    if (earlier === undefined || random() > 0.2) continue
    const replay = await server.request('POST', '/chat', earlier.body, earlier.headers)
    count(ledger, 'replays')
    expect(ledger, replay.text === earlier.text, () => `a replay differs:\n${earlier.text}\n${replay.text}`)
  }
}

/** Says texts, and erases them by DELETE or `/forget`. */
async function saySecrets({ server, ledger, random, signal }: ClientOptions): Promise<void> {
  while (!signal.aborted) {
    const secret = makeWord(random)
    const headers = { 'idempotency-key': randomUUID() }
    const said = await server.request('POST', '/chat', { message: `how do I send ${secret} to a printer` }, headers)
    const { session_id } = JSON.parse(said.text)
    count(ledger, 'secret turns')
    if (random() < 0.3) {
      await server.request('POST', '/chat', { message: '/forget', session_id }, { 'idempotency-key': randomUUID() })
      ledger.erasedInTheEnd.push(secret)
      count(ledger, 'secret turns')
      count(ledger, 'erased by /forget')
      continue
    }
    const deleted = await server.request('DELETE', `/sessions/${session_id}`)
    // A repeated DELETE finds no session if the first one was carried out and its reply was lost.
    const isAnswered = deleted.status === 204 || deleted.status === 202 || (deleted.status === 404 && deleted.attempts > 1)
    expect(ledger, isAnswered, () => `DELETE of a session: ${deleted.status} ${deleted.text}`)
    ;(deleted.status === 204 && deleted.attempts === 1 ? ledger.erased : ledger.erasedInTheEnd).push(secret)
    count(ledger, 'erased by DELETE')
  }
}

/** Adds, replaces and deletes documents. */
async function editDocuments({ server, ledger, random, signal }: ClientOptions): Promise<void> {
  while (!signal.aborted) {
    const id = `edited/${Math.floor(random() * 40)}.md`
    if (random() < 0.3) {
      const { status } = await server.request('DELETE', `/documents/${id}`)
      expect(ledger, status === 204 || status === 404, () => `DELETE ${id}: ${status}`)
      ledger.documents.set(id, undefined)
      count(ledger, 'documents deleted')
      continue
    }
    const word = makeWord(random)
    const text = `# Edited\n\nThe word of this page is ${word}.\n`
    const put = await server.request('PUT', `/documents/${id}`, { format: 'markdown', text })
    expect(ledger, put.status === 200 || put.status === 201, () => `PUT ${id}: ${put.status} ${put.text}`)
    ledger.documents.set(id, word)
    count(ledger, 'documents put')
  }
}
