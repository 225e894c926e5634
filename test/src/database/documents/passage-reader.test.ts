import t, { type Test } from 'tap'
import { openDatabase } from '../../../../src/database/database-manager.ts'
import { createDocumentStore } from '../../../../src/database/document-store.ts'
import { createPassageReader } from '../../../../src/database/documents/passage-reader.ts'
import { documentOf, openWorld } from '../world.ts'

/** A store whose reads are listed. */
function openStore(t: Test) {
  const reads: string[] = []
  const world = openWorld(t, {
    observe(operation, run) {
      if (operation.kind === 'read') reads.push(operation.name)
      return run()
    },
  })
  return { ...world, store: createDocumentStore(world.database), reads }
}

const documentWith = (id: string, ...texts: readonly string[]) =>
  documentOf(id, {
    passages: texts.map((text, ordinal) => ({ ordinal, headings: ['Part'], location: `${id}#${ordinal}`, text })),
  })
const first = (documentId: string) => ({ documentId, ordinal: 0 })

t.test('passages that were read are kept in memory', async t => {
  const { store, reads } = openStore(t)
  await store.put([documentWith('a', 'one', 'two')], 1000)
  const refs = [first('a'), { documentId: 'a', ordinal: 1 }, first('a'), { documentId: 'a', ordinal: 2 }]
  const expected = [{ text: 'one' }, { text: 'two' }, { text: 'one' }, undefined]
  t.match(await store.passages(refs), expected)
  reads.length = 0
  t.match(await store.passages(refs), expected)
  t.same(reads, ['SELECT document_changes'], 'only the revision is read')
})

t.test('a changed, removed or added document is read anew', async t => {
  const { store } = openStore(t)
  const refs = [first('a'), first('b'), first('c')]
  await store.put([documentWith('a', 'old a'), documentWith('b', 'old b')], 1000)
  t.match(await store.passages(refs), [{ text: 'old a' }, { text: 'old b' }, undefined])
  await store.put([documentWith('a', 'new a')], 2000)
  t.match(await store.passages(refs), [{ text: 'new a' }, { text: 'old b' }, undefined])
  await store.remove(['b'])
  t.match(await store.passages(refs), [{ text: 'new a' }, undefined, undefined])
  await store.put([documentWith('c', 'new c')], 3000)
  t.match(await store.passages([first('c')]), [{ text: 'new c' }], 'a passage that was missing is found')
})

t.test('passages that are read together with a changed one are current', async t => {
  const { store } = openStore(t)
  await store.put([documentWith('a', 'old'), documentWith('b', 'old')], 1000)
  await store.passages([first('a')])
  await store.put([documentWith('a', 'new'), documentWith('b', 'new')], 2000)
  t.match(await store.passages([first('a'), first('b')]), [{ text: 'new' }, { text: 'new' }])
})

t.test('a change by another process is seen by the next read', async t => {
  const { store, path } = openStore(t)
  await store.put([documentWith('a', 'old')], 1000)
  t.match(await store.passages([first('a')]), [{ text: 'old' }])
  const other = openDatabase({ path })
  t.teardown(() => other.close())
  await createDocumentStore(other).put([documentWith('a', 'new')], 2000)
  t.match(await store.passages([first('a')]), [{ text: 'new' }])
})

t.test('only the documents that have changed are read again', async t => {
  const { store, reads } = openStore(t)
  await store.put([documentWith('a', 'old'), documentWith('b', 'same')], 1000)
  const refs = [first('a'), first('b')]
  await store.passages(refs)
  await store.put([documentWith('a', 'new')], 2000)
  t.match(await store.passages(refs), [{ text: 'new' }, { text: 'same' }])
  reads.length = 0
  await store.put([documentWith('a', 'newest')], 3000)
  t.match(await store.passages([first('b')]), [{ text: 'same' }])
  t.same(reads, ['SELECT document_changes'], 'the change of another document forgets nothing')
})

t.test('passages as of a revision that was seen are read from memory alone', async t => {
  const { store, reads } = openStore(t)
  await store.put([documentWith('a', 'old')], 1000)
  await store.passages([first('a')])
  const revision = await store.revision()
  await store.put([documentWith('a', 'new')], 2000)
  reads.length = 0
  t.match(await store.passages([first('a')], revision), [{ text: 'old' }])
  t.same(reads, [])
  t.match(await store.passages([first('a')], revision + 1), [{ text: 'new' }])
  t.match(await store.passages([first('a')], revision), [{ text: 'new' }])
})

t.test('passages of one document are never from two of its states', async t => {
  const { store } = openStore(t)
  await store.put([documentWith('a', 'old 1', 'old 2')], 1000)
  const [one, two] = [first('a'), { documentId: 'a', ordinal: 1 }]
  await store.passages([one])
  const revision = await store.revision()
  await store.put([documentWith('a', 'new 1', 'new 2')], 2000)
  t.match(await store.passages([two], revision), [{ text: 'new 2' }])
  t.match(await store.passages([one, two], revision), [{ text: 'new 1' }, { text: 'new 2' }])
})

t.test('the memory is bounded: the passages used last are kept', async t => {
  const { store, database, reads } = openStore(t)
  const texts = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
  await store.put([documentWith('a', ...texts)], 1000)
  const passages = createPassageReader(database, 10 * 3000)
  const all = texts.map((_, ordinal) => ({ documentId: 'a', ordinal }))
  const readsOf = async (refs: typeof all) => {
    reads.length = 0
    const found = await passages(refs)
    t.same(
      found.map(passage => passage?.text),
      refs.map(({ ordinal }) => texts[ordinal]),
    )
    return [...reads]
  }
  t.same(await readsOf(all), ['SELECT passages'], 'more than fits is returned')
  t.same(await readsOf(all.slice(-5)), ['SELECT document_changes'])
  t.same(await readsOf(all.slice(0, 1)), ['SELECT passages'])
  const huge = createPassageReader(database, 100)
  t.match(await huge(all.slice(0, 2)), [{ text: texts[0] }, { text: texts[1] }], 'a passage may exceed the memory')
})
