import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import type { Source } from '../../../src/answering/workings.ts'
import { createDocumentStore } from '../../../src/database/document-store.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { documentOf, NO_LIMITS, openWorld, sessionOf, turnOf } from './world.ts'

const EXPIRY = { sessionExpiresAt: 9000 }
const KEY = { key: 'k', fingerprint: 'f', expiresAt: 9000 }
const SOURCE: Source = {
  title: 'Tea',
  location: 'tea#chapter',
  passage: '… tea begins\n\n…\n\ntea en …',
  score: 2,
  highlights: [{ start: 2, end: 12 }],
  origin: {
    documentId: 'tea',
    pieces: ['… ', { ordinal: 0, start: 0, end: 10 }, '\n\n…\n\n', { ordinal: 1, start: 0, end: 6 }, ' …'],
  },
}

/** A stored turn with a source of the document `tea`, and one without an origin. */
async function openStores(t: Test) {
  const { database, path } = openWorld(t)
  await createSessionStore(database).open(sessionOf('s'), NO_LIMITS)
  const documents = createDocumentStore(database)
  const turns = createTurnStore(database)
  await documents.put([documentOf('tea')], 1)
  const turn = turnOf('s', 'a')
  const stored = { ...turn, receipt: { ...turn.receipt, sources: [SOURCE, ...turn.receipt.sources] } }
  await turns.append(stored, { ...EXPIRY, idempotency: KEY })
  const details = () => {
    const db = new DatabaseSync(path, { readOnly: true })
    const [row] = db.prepare('SELECT details FROM turns').all()
    db.close()
    return String(row?.details)
  }
  /** Replaces the checksum by what older versions stored. */
  const makeOlder = () => {
    const hash = createHash('sha256').update(SOURCE.passage).digest('base64url').slice(0, 16)
    const older = details().replace(/"checksum":\d+/, `"hash":"${hash}"`)
    const db = new DatabaseSync(path)
    db.prepare('UPDATE turns SET details = ?').run(older)
    db.close()
  }
  return { documents, turns, stored, details, makeOlder }
}

t.test('a turn keeps where the text of a source is, and not the text', async t => {
  const { turns, stored, details } = await openStores(t)
  t.notMatch(details(), 'tea begins')
  t.same(await turns.find('a'), { ...stored, seq: 1 }, 'the text is read from the document')
  const [listed] = await turns.list('s', { limit: 1 })
  t.equal(listed?.receipt.sources[0]?.passage, '', 'a list of turns reads no documents')
  t.same((await turns.withPassages(listed!)).receipt.sources, stored.receipt.sources)
})

t.test('a source whose document has changed is marked, and has no text', async t => {
  const { documents, turns, stored } = await openStores(t)
  const expectChanged = async (when: string) => {
    const [source, other] = (await turns.find('a'))?.receipt.sources ?? []
    const { passage: _, highlights: __, ...facts } = SOURCE
    t.same(source, { ...facts, passage: '', changed: true }, when)
    t.same(other, stored.receipt.sources[1])
  }
  const [first, second] = documentOf('tea').passages
  await documents.put([documentOf('tea', { passages: [{ ...first!, text: 'Tea begins' }, second!] })], 2)
  await expectChanged('another text')
  await documents.put([documentOf('tea', { passages: [first!] })], 3)
  await expectChanged('a passage less')
  await documents.remove(['tea'])
  await expectChanged('removed')
  await documents.put([documentOf('tea')], 4)
  t.same((await turns.find('a'))?.receipt.sources, stored.receipt.sources, 'the same text again')
})

t.test('a change is also detected in a turn of an older version', async t => {
  const { documents, turns, stored, makeOlder, details } = await openStores(t)
  makeOlder()
  t.match(details(), '"hash":"')
  t.same((await turns.find('a'))?.receipt.sources, stored.receipt.sources)
  await documents.remove(['tea'])
  t.match((await turns.find('a'))?.receipt.sources[0], { passage: '', changed: true })
})

t.test('a replay is the first reply until its key expires, also if the document has changed', async t => {
  const { documents, turns, stored } = await openStores(t)
  await documents.remove(['tea'])
  const passages = async () => (await turns.findByKey('k', 2000))?.turn.receipt.sources.map(({ passage }) => passage)
  t.same(
    await passages(),
    stored.receipt.sources.map(({ passage }) => passage),
  )
  t.equal(await turns.expireKeys(9000), 1)
  t.equal(await passages(), undefined)
})
