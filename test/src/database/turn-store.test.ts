import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { openDatabase } from '../../../src/database/database-manager.ts'
import { createDocumentStore } from '../../../src/database/document-store.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { storeAsOfVersion } from './old-schema.ts'
import { documentOf, HOSTILE_TEXTS, NO_LIMITS, openWorld, sessionOf, turnOf } from './world.ts'

const EXPIRY = { sessionExpiresAt: 9000 }

/** A turn store with the open session `s`. */
async function openStores(t: Test) {
  const world = openWorld(t)
  const sessions = createSessionStore(world.database)
  await sessions.open(sessionOf('s'), NO_LIMITS)
  return { ...world, sessions, turns: createTurnStore(world.database) }
}

t.test('a stored turn is returned unchanged, with its seq', async t => {
  const { turns } = await openStores(t)
  const workings = {
    parsedAs: 'question',
    terms: [{ word: 'Where', term: 'where', documentFrequency: 3, idf: 0.5 }],
    candidates: [],
    threshold: 0.4,
  }
  const full = turnOf('s', 'full', { command: 'why', workings, user: 'u' })
  const bare = turnOf('s', 'bare')
  t.equal(await turns.append({ ...full, workingsJson: JSON.stringify(workings) }, EXPIRY), 1)
  t.equal(await turns.append(bare, EXPIRY), 2)
  t.same(await turns.find('full'), { ...full, seq: 1 })
  t.same(await turns.find('bare'), { ...bare, seq: 2 })
  t.equal(await turns.find('unknown'), undefined)
})

t.test('storing a turn updates the activity of its session', async t => {
  const { turns, sessions } = await openStores(t)
  await turns.append(turnOf('s', 'a', { createdAt: 2000 }), { sessionExpiresAt: 7000 })
  t.match(await sessions.find('s'), { lastActiveAt: 2000, expiresAt: 7000, turnCount: 1 })
})

t.test('turns of one session are listed newest first, before a seq and up to a limit', async t => {
  const { turns, sessions } = await openStores(t)
  await sessions.open(sessionOf('other'), NO_LIMITS)
  for (const id of ['a', 'b', 'c', 'd']) await turns.append(turnOf('s', id), EXPIRY)
  await turns.append(turnOf('other', 'x'), EXPIRY)
  const list = async (page: { before?: number; limit: number }) => (await turns.list('s', page)).map(({ seq }) => seq)
  t.same(await list({ limit: 10 }), [4, 3, 2, 1])
  t.same(await list({ limit: 2 }), [4, 3])
  t.same(await list({ before: 3, limit: 10 }), [2, 1])
  t.same(await list({ before: 1, limit: 10 }), [])
  t.same(await turns.list('unknown', { limit: 10 }), [])
})

t.test('a turn of a closed session is refused with the reason', async t => {
  const { turns, sessions } = await openStores(t)
  await sessions.open(sessionOf('deleted'), NO_LIMITS)
  await sessions.delete('deleted', 2000)
  await sessions.expire(6000, 10)
  await t.rejects(turns.append(turnOf('deleted', 'a'), EXPIRY), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(turns.append(turnOf('unknown', 'b'), EXPIRY), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(turns.append(turnOf('s', 'c'), EXPIRY), { code: 'SESSION_EXPIRED' })
})

t.test('an idempotency key finds its turn until it expires, and can then be used again', async t => {
  const { turns } = await openStores(t)
  const record = (fingerprint: string, expiresAt: number) => ({ ...EXPIRY, idempotency: { key: 'k', fingerprint, expiresAt } })
  await turns.append(turnOf('s', 'a', { createdAt: 2000 }), record('first', 3000))
  t.match(await turns.findByKey('k', 2999), { fingerprint: 'first', turn: { seq: 1, receipt: { turnId: 'a' } } })
  t.equal(await turns.findByKey('k', 3000), undefined)
  t.equal(await turns.findByKey('another', 2000), undefined)

  await t.rejects(turns.append(turnOf('s', 'b', { createdAt: 2999 }), record('second', 9000)), { code: 'IDEMPOTENCY_KEY_IN_USE' })
  t.equal(await turns.find('b'), undefined)
  t.equal(await turns.append(turnOf('s', 'c', { createdAt: 3000 }), record('third', 8000)), 2, 'the refused turn leaves no gap')
  t.match(await turns.findByKey('k', 3000), { fingerprint: 'third', turn: { receipt: { turnId: 'c' } } })

  t.equal(await turns.expireKeys(7999), 0)
  t.equal(await turns.expireKeys(8000), 1)
  t.ok(await turns.find('c'), 'the turn remains when its key expires')
})

t.test('of a hundred turns with the same key one is stored', async t => {
  const { turns } = await openStores(t)
  const idempotency = { key: 'k', fingerprint: 'f', expiresAt: 9000 }
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, (_, i) => turns.append(turnOf('s', `t${i}`), { ...EXPIRY, idempotency })),
  )
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal((await turns.list('s', { limit: 100 })).length, 1)
})

t.test('erasing removes the content of a session’s turns and keeps the metadata', async t => {
  const { turns, sessions } = await openStores(t)
  await sessions.open(sessionOf('other'), NO_LIMITS)
  await turns.append(turnOf('s', 'a', { command: 'why' }), EXPIRY)
  await turns.append(turnOf('s', 'b'), EXPIRY)
  await turns.append(turnOf('other', 'x'), EXPIRY)
  await turns.recordFeedback('a', { correct: true, comment: 'personal', createdAt: 3000 })
  t.equal(await turns.eraseContent('s'), 2)
  t.equal(await turns.eraseContent('s'), 0)
  t.same(await turns.find('a'), {
    receipt: { ...turnOf('s', 'a').receipt, response: '', responseText: '', sources: [], suggestions: [] },
    seq: 1,
    message: '',
    command: 'why',
    requestId: 'request of a',
    createdAt: 2000,
    feedback: { correct: true, createdAt: 3000 },
  })
  t.match(await turns.find('x'), { message: 'Where are they?' })
})

t.test('erased content is not in the database file', async t => {
  const { turns, database, path } = await openStores(t)
  await turns.append(turnOf('s', 'a', { message: 'my number is 0171-MARKER' }), EXPIRY)
  await turns.eraseContent('s')
  await database.close()
  t.notOk(readFileSync(path).includes('0171-MARKER'))
})

t.test('new feedback replaces earlier feedback and its comment', async t => {
  const { turns } = await openStores(t)
  await turns.append(turnOf('s', 'a'), EXPIRY)
  t.equal(await turns.recordFeedback('a', { correct: false, comment: 'no', createdAt: 3000 }), true)
  t.same((await turns.find('a'))?.feedback, { correct: false, comment: 'no', createdAt: 3000 })
  t.equal(await turns.recordFeedback('a', { correct: true, createdAt: 4000 }), true)
  t.same((await turns.find('a'))?.feedback, { correct: true, createdAt: 4000 })
  t.equal(await turns.recordFeedback('unknown', { correct: true, createdAt: 4000 }), false)
})

t.test('feedback may name a document that exists; erasing removes it', async t => {
  const { turns, database } = await openStores(t)
  const documents = createDocumentStore(database)
  await turns.append(turnOf('s', 'a'), EXPIRY)
  await documents.put([documentOf('tea.md')], 1)
  const feedback = { correct: false, documentId: 'tea.md', createdAt: 3000 }
  t.equal(await turns.recordFeedback('a', feedback), true)
  t.same((await turns.find('a'))?.feedback, feedback)
  const unknown = { correct: true, documentId: 'milk.md', createdAt: 4000 }
  await t.rejects(turns.recordFeedback('a', unknown), { code: 'DOCUMENT_NOT_FOUND' })
  t.same((await turns.find('a'))?.feedback, feedback, 'refused feedback changes nothing')
  t.equal(await turns.recordFeedback('unknown', unknown), false)
  await documents.remove(['tea.md'])
  t.same((await turns.find('a'))?.feedback, feedback, 'the document may be removed later')
  await turns.eraseContent('s')
  t.same((await turns.find('a'))?.feedback, { correct: false, createdAt: 3000 })
})

t.test('turns are counted by their latest feedback, also after their content is erased', async t => {
  const { turns, database, path } = await openStores(t)
  for (const id of ['a', 'b', 'c', 'd']) await turns.append(turnOf('s', id), EXPIRY)
  t.same(await turns.countJudged(), { correct: 0, incorrect: 0 })
  const judge = (id: string, correct: boolean) => turns.recordFeedback(id, { correct, createdAt: 3000 })
  await judge('a', true)
  await judge('b', true)
  await judge('c', false)
  await judge('unknown', false)
  t.same(await turns.countJudged(), { correct: 2, incorrect: 1 })
  await judge('b', false)
  await judge('b', false)
  t.same(await turns.countJudged(), { correct: 1, incorrect: 2 }, 'a turn with new feedback counts once')
  await turns.eraseContent('s')
  t.same(await turns.countJudged(), { correct: 1, incorrect: 2 })
  await database.close()
  const db = new DatabaseSync(path)
  db.exec("DELETE FROM turns WHERE turn_id IN ('b', 'd')")
  db.close()
  const reopened = openDatabase({ path })
  t.teardown(() => reopened.close())
  t.same(await createTurnStore(reopened).countJudged(), { correct: 1, incorrect: 1 }, 'a deleted turn does not count')
})

t.test('the migration counts turns that already have feedback', async t => {
  const { turns, database, path } = await openStores(t)
  for (const [id, correct] of [
    ['a', true],
    ['b', false],
    ['c', false],
  ] as const) {
    await turns.append(turnOf('s', id), EXPIRY)
    await turns.recordFeedback(id, { correct, createdAt: 3000 })
  }
  await database.close()
  storeAsOfVersion(path, 1)
  const migrated = openDatabase({ path })
  t.teardown(() => migrated.close())
  t.same(await createTurnStore(migrated).countJudged(), { correct: 1, incorrect: 2 })
})

t.test('the migration to rowids keeps turns and their counts, and leaves no second copy of a text', async t => {
  const { turns, database, path } = await openStores(t)
  await turns.append(turnOf('s', 'a', { message: 'my number is 0171-MARKER' }), EXPIRY)
  await turns.append(turnOf('s', 'b'), EXPIRY)
  await turns.recordFeedback('a', { correct: true, createdAt: 3000 })
  const before = await turns.list('s', { limit: 9 })
  await database.close()
  storeAsOfVersion(path, 4)
  const migrated = openDatabase({ path })
  const store = createTurnStore(migrated)
  t.same(await store.list('s', { limit: 9 }), before)
  await store.recordFeedback('a', { correct: false, createdAt: 4000 })
  t.same(await store.countJudged(), { correct: 0, incorrect: 1 })
  t.equal(await store.append(turnOf('s', 'c'), EXPIRY), 3)
  await t.rejects(store.append(turnOf('s', 'c'), EXPIRY), 'ids stay unique')
  await store.eraseContent('s')
  await migrated.close()
  t.notOk(readFileSync(path).includes('0171-MARKER'))
})

t.test('texts are stored verbatim; a lone surrogate becomes U+FFFD', async t => {
  const { turns } = await openStores(t)
  for (const text of [...HOSTILE_TEXTS, 'x'.repeat(1_000_000)]) {
    const turnId = `turn ${text}`
    const idempotency = { key: text, fingerprint: text, expiresAt: 9000 }
    await turns.append(turnOf('s', turnId, { message: text, user: text }), { ...EXPIRY, idempotency })
    await turns.recordFeedback(turnId, { correct: true, comment: text, createdAt: 1 })
    t.match(await turns.find(turnId), { message: text, user: text, feedback: { comment: text } })
    t.match(await turns.findByKey(text, 2000), { fingerprint: text, turn: { receipt: { turnId } } })
  }
  await turns.append(turnOf('s', 'half', { message: 'a\ud800b' }), EXPIRY)
  t.match(await turns.find('half'), { message: 'a\ufffdb' })
})

t.test('turns with feedback are listed by session, without commands, small talk and erased turns', async t => {
  const { turns, sessions } = await openStores(t)
  for (const id of ['r', 'gone']) await sessions.open(sessionOf(id), NO_LIMITS)
  const many = Array.from({ length: 250 }, (_, i) => `many-${i}`)
  const searched = { workingsJson: '{"parsedAs":"question","terms":[],"candidates":[],"threshold":0.4}' }
  for (const id of many) await turns.append({ ...turnOf('r', id), ...searched }, EXPIRY)
  for (const id of ['judged', 'unjudged']) await turns.append({ ...turnOf('s', id), ...searched }, EXPIRY)
  await turns.append(turnOf('s', 'small talk'), EXPIRY)
  await turns.append(turnOf('s', 'command', { receipt: { ...turnOf('s', 'command').receipt, kind: 'command' } }), EXPIRY)
  await turns.append({ ...turnOf('gone', 'erased'), ...searched }, EXPIRY)
  const feedback = { correct: true, createdAt: 3000 }
  for (const id of [...many, 'judged', 'small talk', 'command', 'erased']) await turns.recordFeedback(id, feedback)
  await turns.eraseContent('gone')
  const found: string[] = []
  for await (const { receipt } of turns.judged()) found.push(receipt.turnId)
  t.same(found, [...many, 'judged'])
})
