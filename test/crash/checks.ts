import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../worlds/until.ts'
import type { Commands } from './commands.ts'
import type { KilledServer } from './killed-server.ts'
import { type AcknowledgedTurn, count, expect, type Ledger } from './ledger.ts'

const PAGE = 100

/** Checks that erased texts are in no file of a server that was killed or stopped. */
export function checkErased(ledger: Ledger, dataDir: string, texts: readonly string[]): void {
  const files = readdirSync(dataDir).map(name => [name, readFileSync(join(dataDir, name))] as const)
  for (const text of texts)
    for (const [name, bytes] of files) expect(ledger, !bytes.includes(text), () => `${name} has erased text: ${text}`)
}

/** Verifies the audit trail. */
export async function checkTrail(ledger: Ledger, commands: Commands): Promise<void> {
  const { code, output } = await commands.run('audit', 'verify')
  count(ledger, 'audit verifications')
  expect(ledger, code === 0, () => `audit verify: ${output}`)
}

/** Checks that every acknowledged turn and document is there, once, complete and in order. */
export async function checkContents(ledger: Ledger, server: KilledServer, ingested: ReadonlyMap<string, string>): Promise<void> {
  for (const [session, acknowledged] of ledger.sessions) {
    const stored = await readTurns(server, session)
    const [is, was] = [JSON.stringify(stored), JSON.stringify(acknowledged)]
    expect(ledger, is === was, () => `session ${session} has ${is}\nacknowledged: ${was}`)
  }
  // The server notices within 250 ms what another process ingested.
  for (const word of ingested.values()) await until(async () => (await search(server, word)).length > 0)
  for (const [id, word] of [...ledger.documents, ...ingested]) {
    const { status } = await server.request('GET', `/documents/${id}`)
    expect(ledger, status === (word === undefined ? 404 : 200), () => `GET ${id}: ${status}, its word is ${word}`)
    if (word === undefined) continue
    const found = await search(server, word)
    expect(ledger, found.join() === id, () => `search for the word of ${id} finds ${found.join(', ')}`)
    count(ledger, 'documents found')
  }
}

/** Checks the database of a server that was stopped. */
export function checkDatabase(ledger: Ledger, dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'pellucid.sqlite'), { readOnly: true })
  const [check] = database.prepare('PRAGMA integrity_check').all()
  const stored = database.prepare('SELECT count(*) AS turns FROM turns').get()?.turns
  database.close()
  const acknowledged = ledger.counts.get('turns') ?? 0
  const secrets = ledger.counts.get('secret turns') ?? 0
  expect(ledger, check?.integrity_check === 'ok', () => `integrity_check: ${JSON.stringify(check)}`)
  expect(
    ledger,
    stored === acknowledged + secrets,
    () => `${stored} turns are stored, ${acknowledged} + ${secrets} were acknowledged`,
  )
}

/** Returns the ids of the documents that contain a word. */
export async function search(server: KilledServer, word: string): Promise<string[]> {
  const { text } = await server.request('GET', `/search?q=${word}`)
  return JSON.parse(text).results.map((result: { readonly document_id: string }) => result.document_id)
}

/** Returns the turns of a session, in the order of their replies; none if it does not exist. */
export async function readTurns(server: KilledServer, session: string): Promise<AcknowledgedTurn[]> {
  const { status, text } = await server.request('GET', `/sessions/${session}/turns?limit=${PAGE}`)
  if (status !== 200) return []
  return JSON.parse(text)
    .turns.map(({ turn_id, message, response }: Record<string, string>) => ({ turnId: turn_id, message, response }))
    .reverse()
}
