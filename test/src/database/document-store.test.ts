import t, { type Test } from 'tap'
import { type Database, openDatabase } from '../../../src/database/database-manager.ts'
import { createDocumentStore } from '../../../src/database/document-store.ts'
import { checksumOf } from '../../../src/text/checksum.ts'
import { documentOf, HOSTILE_TEXTS, openWorld } from './world.ts'

function openStore(t: Test) {
  const { database } = openWorld(t)
  return { database, store: createDocumentStore(database) }
}

const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id)

t.test('a stored document is returned unchanged, with its passages', async t => {
  const { store } = openStore(t)
  const document = documentOf('a', { url: 'https://example.org/a', file: '/docs/a.md', text: 'größer' })
  await store.put([document], 1000)
  const { passages, text, ...rest } = document
  const summary = { ...rest, passageCount: 2, textBytes: 8, createdAt: 1000, updatedAt: 1000 }
  t.same(await store.find('a'), { ...summary, text })
  t.same(await store.list({ limit: 10 }), [summary])
  t.same(await store.findMany(['a', 'unknown']), [summary])
  const stored = { ...passages[1], documentId: 'a', title: 'Title of a', checksum: checksumOf('a ends') }
  t.same(await store.passages([{ documentId: 'a', ordinal: 1 }]), [stored])
  t.equal(await store.find('unknown'), undefined)
})

t.test('storing a document again replaces it and its passages, and keeps createdAt', async t => {
  const { store } = openStore(t)
  await store.put([documentOf('a', { url: 'u', file: '/f' })], 1000)
  await store.put(
    [documentOf('a', { title: 'New', passages: [{ ordinal: 0, headings: [], location: 'a', text: 'only one' }] })],
    2000,
  )
  const found = await store.find('a')
  t.match(found, { title: 'New', passageCount: 1, createdAt: 1000, updatedAt: 2000 })
  t.notOk(found && ('url' in found || 'file' in found))
  t.match(await store.passages([0, 1].map(ordinal => ({ documentId: 'a', ordinal }))), [{ text: 'only one' }, undefined])
  t.equal(await store.count(), 1)
})

t.test('removing deletes documents with their passages and returns the number of documents', async t => {
  const { store, database } = openStore(t)
  await store.put([documentOf('a'), documentOf('b'), documentOf('c')], 1000)
  t.equal(await store.remove(['a', 'unknown', 'b', 'a']), 2)
  t.same(idsOf(await store.list({ limit: 10 })), ['c'])
  t.equal(countRows(database), 2)
})

t.test('a put of several documents stores all or none', async t => {
  const { store } = openStore(t)
  const passage = { ordinal: 0, headings: [], location: 'b', text: 'twice' }
  await t.rejects(store.put([documentOf('a'), documentOf('b', { passages: [passage, passage] })], 1000), /UNIQUE/)
  t.equal(await store.count(), 0)
  t.equal(await store.isPristine(), true)
})

t.test('documents of the operator replace the embedded manual, whichever is stored first', async t => {
  const { store } = openStore(t)
  const manual = [documentOf('manual-1', { owner: 'project' }), documentOf('manual-2', { owner: 'project' })]
  t.equal(await store.isPristine(), true)
  await store.put(manual, 1000)
  t.equal(await store.isPristine(), false)
  t.equal(await store.count(), 2)
  const before = await store.revision()
  await store.put([documentOf('mine')], 2000)
  t.same(idsOf(await store.list({ limit: 10 })), ['mine'])
  const { changes } = await store.changesSince(before, 10)
  t.same(changes.map(({ documentId, passages }) => [documentId, passages.length]).sort(), [
    ['manual-1', 0],
    ['manual-2', 0],
    ['mine', 2],
  ])
  await store.put(manual, 3000)
  t.same(idsOf(await store.list({ limit: 10 })), ['mine'])
  await store.remove(['mine'])
  t.equal(await store.isPristine(), false, 'an emptied database is not pristine')
})

t.test('pages list every document once, in order of ids', async t => {
  const { store } = openStore(t)
  const ids = ['b', 'a/1', 'a', 'ä', 'A', 'a/10', 'a/2']
  await store.put(
    ids.map(id => documentOf(id)),
    1000,
  )
  const seen: string[] = []
  for (;;) {
    const page = idsOf(await store.list({ after: seen.at(-1), limit: 3 }))
    if (page.length === 0) break
    seen.push(...page)
  }
  t.same(seen, ['A', 'a', 'a/1', 'a/10', 'a/2', 'b', 'ä'])
})

t.test('files at or below a path are found by the literal path, without wildcards', async t => {
  const { store } = openStore(t)
  const files = [
    '/docs/a_b/x.md',
    '/docs/aXb/y.md',
    '/docs/100%/z.md',
    '/docs/100',
    '/docs/100%',
    '/docs/10',
    '/docs/100%.md',
    '/docs/100%0',
    '/Docs/100%/q.md',
  ]
  await store.put(
    files.map(file => documentOf(file, { file })),
    1000,
  )
  await store.put([documentOf('over REST')], 1000)
  const below = async (path: string) => idsOf(await store.fromFilesBelow(path))
  t.same(await below('/docs/a_b'), ['/docs/a_b/x.md'])
  t.same(await below('/docs/100%'), ['/docs/100%', '/docs/100%/z.md'])
  t.same(await below('/docs/100%/'), ['/docs/100%/z.md'])
  t.same(await below('/docs/10'), ['/docs/10'])
  t.same(await below('/docs/%'), [])
  t.equal((await below('/')).length, files.length)
})

t.test('files of the embedded manual are not listed for pruning', async t => {
  const { store } = openStore(t)
  await store.put([documentOf('manual', { owner: 'project', file: '/docs/manual.md' })], 1000)
  t.same(await store.fromFilesBelow('/docs'), [])
})

t.test('passages are returned in the requested order, with undefined for a missing one', async t => {
  const { store } = openStore(t)
  await store.put([documentOf('a'), documentOf('b')], 1000)
  const refs = [
    ['b', 1],
    ['gone', 0],
    ['a', 0],
    ['b', 1],
    ['a', 7],
    ['b', 0],
  ] as const
  const found = await store.passages(refs.map(([documentId, ordinal]) => ({ documentId, ordinal })))
  t.same(
    found.map(passage => passage?.text),
    ['b ends', undefined, 'a begins', 'b ends', undefined, 'b begins'],
  )
  t.same(await store.passages([]), [])
})

t.test('changes are listed oldest first, each document once and in its current state', async t => {
  const { store } = openStore(t)
  t.equal(await store.revision(), 0)
  t.same(await store.changesSince(0, 10), { revision: 0, changes: [] })
  await store.put([documentOf('a'), documentOf('b'), documentOf('c')], 1000)
  await store.put([documentOf('a', { title: 'Newer' })], 2000)
  await store.remove(['b'])
  const { revision, changes } = await store.changesSince(0, 10)
  t.match(changes, [{ documentId: 'c' }, { documentId: 'a', title: 'Newer' }, { documentId: 'b', title: '', passages: [] }])
  t.equal(changes.length, 3)
  t.same(changes[1]?.passages, documentOf('a').passages)
  t.equal(revision, await store.revision())
  t.same(await store.changesSince(revision, 10), { revision, changes: [] })
  const revisions = await Promise.all(['c', 'a', 'b'].map(id => store.revisionOf([id])))
  t.same(
    revisions,
    changes.map(change => change.revision),
  )
  t.equal(await store.revisionOf(['b', 'c', 'unknown']), revision)
  t.equal(await store.revisionOf(['unknown']), 0)
})

t.test('changes read in small steps are complete', async t => {
  const { store } = openStore(t)
  await store.put(
    Array.from({ length: 10 }, (_, i) => documentOf(`d${i}`)),
    1000,
  )
  const seen: string[] = []
  let revision = 0
  for (;;) {
    const step = await store.changesSince(revision, 3)
    if (step.changes.length === 0) break
    seen.push(...step.changes.map(({ documentId }) => documentId))
    revision = step.revision
  }
  t.same(
    seen,
    Array.from({ length: 10 }, (_, i) => `d${i}`),
  )
  t.equal(revision, await store.revision())
})

t.test('a large document is read in pages, and left out if it changes meanwhile', async t => {
  const { store } = openStore(t)
  const passages = Array.from({ length: 1200 }, (_, i) => ({ ordinal: i, headings: [], location: 'a', text: `part ${i}` }))
  await store.put([documentOf('large', { passages }), documentOf('small')], 1000)
  let hasTurned = false
  setImmediate(() => (hasTurned = true))
  const { changes } = await store.changesSince(0, 10)
  t.same(changes[0]?.passages, passages)
  t.ok(hasTurned, 'the event loop runs in between')

  const reading = store.changesSince(0, 10)
  await store.put([documentOf('large')], 2000)
  const { changes: read } = await reading
  if (read.length === 2) t.same(read[0]?.passages, passages, 'read before the change')
  else t.match(read, [{ documentId: 'small' }])
  const { changes: now } = await store.changesSince(0, 10)
  t.same(
    now.map(({ documentId }) => documentId),
    ['small', 'large'],
  )
  t.same(now[1]?.passages, documentOf('large').passages)
})

t.test('revisions only grow, even if the newest change is undone', async t => {
  const { store } = openStore(t)
  const seen = [await store.revision()]
  for (let round = 0; round < 3; round++) {
    await store.put([documentOf('a')], 1000)
    seen.push(await store.revision())
    await store.remove(['a'])
    seen.push(await store.revision())
  }
  t.same(
    seen,
    [...new Set(seen)].sort((a, b) => a - b),
  )
})

t.test('a server and a command can write at the same time and see each other’s documents', async t => {
  const { database, path } = openWorld(t)
  const command = openDatabase({ path })
  t.teardown(() => command.close())
  const [here, there] = [createDocumentStore(database), createDocumentStore(command)]
  const puts = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? here : there).put([documentOf(`d${i}`)], 1000))
  await Promise.all(puts)
  t.equal(await here.count(), 100)
  t.equal(await here.revision(), await there.revision())
  t.equal((await here.changesSince(0, 1000)).changes.length, 100)
})

t.test('ids, titles, headings and texts are stored verbatim', async t => {
  const { store } = openStore(t)
  for (const text of HOSTILE_TEXTS) {
    const passages = [{ ordinal: 0, headings: [text, text], location: text, text }]
    await store.put([documentOf(text, { title: text, text, url: text, file: text, passages })], 1000)
    t.match(await store.find(text), { id: text, title: text, text, url: text, file: text })
    const stored = { ...passages[0], documentId: text, title: text, checksum: checksumOf(text) }
    t.same(await store.passages([{ documentId: text, ordinal: 0 }]), [stored])
  }
  t.same(new Set(idsOf(await store.findMany(HOSTILE_TEXTS))), new Set(HOSTILE_TEXTS))
  t.same(
    (await store.changesSince(0, 100)).changes.map(({ documentId }) => documentId),
    HOSTILE_TEXTS,
  )
  t.equal(await store.remove(HOSTILE_TEXTS), HOSTILE_TEXTS.length)
})

function countRows(database: Database): number | undefined {
  return database.get<{ n: number }>`SELECT count(*) AS n FROM passages`?.n
}
