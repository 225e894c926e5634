import t from 'tap'
import { readTitle } from '../../../src/knowledge/formats/page-title.ts'
import { readDocument } from '../../../src/knowledge/ingest/document-reader.ts'
import { createKnowledgeBase, type NewDocument } from '../../../src/knowledge/knowledge-base.ts'
import { createMemoryDocumentStore } from './memory-document-store.ts'

const page = (id: string, text = 'Text.'): NewDocument => ({ id, text, format: 'markdown' })

/** A knowledge base over a store in memory, and the events that it reports. */
function makeWorld(refreshIndex = async () => {}) {
  const events: unknown[] = []
  let clock = 0
  const store = createMemoryDocumentStore()
  const knowledge = createKnowledgeBase({
    store,
    read: readDocument,
    readTitles: async pages => pages.map(readTitle),
    refreshIndex,
    now: () => ++clock,
    onStored: async ({ id }, created) => void events.push(['stored', id, created]),
    onRemoved: async id => void events.push(['removed', id]),
  })
  return { knowledge, store, events }
}

t.test('a document is created, replaced, found and removed, and each change is reported', async t => {
  const { knowledge, events } = makeWorld()
  t.match(await knowledge.put(page('tea', '# Tea')), { created: true, document: { id: 'tea', title: 'Tea', owner: 'operator' } })
  t.match(await knowledge.put(page('tea', '# Green tea')), { created: false, document: { title: 'Green tea' } })
  t.match(await knowledge.find('tea'), { text: '# Green tea' })
  await knowledge.remove('tea')
  await t.rejects(knowledge.find('tea'), { code: 'DOCUMENT_NOT_FOUND' })
  await t.rejects(knowledge.remove('tea'), { code: 'DOCUMENT_NOT_FOUND' })
  t.same(events, [
    ['stored', 'tea', true],
    ['stored', 'tea', false],
    ['removed', 'tea'],
  ])
})

t.test('a title loses the name of the site that the documents next to it have, unless it is given', async t => {
  const { knowledge } = makeWorld()
  const titled = (name: string, rest: Partial<NewDocument> = {}) =>
    knowledge.put({ ...page(`docs/${name}`, `---\ntitle: ${name} | Tea\n---\n\nText.`), ...rest })
  for (const name of ['a', 'b', 'c']) t.match(await titled(name), { document: { title: `${name} | Tea` } }, 'too few to compare')
  t.match(await titled('d'), { document: { title: 'd' } })
  t.match(await titled('a'), { document: { title: 'a' } })
  t.match(await titled('e', { title: 'Given | Tea' }), { document: { title: 'Given | Tea' } })
  t.match(await titled('f', { text: '<title>f | Tea</title><p>Text.', format: 'html' }), { document: { title: 'f' } })
  t.match(await titled('g', { text: '---\ntitle: Tea | Green\n---\n\nText.' }), { document: { title: 'Tea | Green' } })
})

t.test('a change on disk is reported even if the index cannot be refreshed', async t => {
  const { knowledge, store, events } = makeWorld(() => Promise.reject(new Error('no index')))
  await t.rejects(knowledge.put(page('tea')), /no index/)
  await t.rejects(knowledge.remove('tea'), /no index/)
  t.equal(await store.count(), 0)
  t.same(events, [
    ['stored', 'tea', true],
    ['removed', 'tea'],
  ])
})

t.test('a page of documents names the start of the next page, the last page does not', async t => {
  const { knowledge } = makeWorld()
  for (const id of ['a', 'b', 'c']) await knowledge.put(page(id))
  const ids = async (after: string | undefined, limit: number) => {
    const { documents, next } = await knowledge.list({ after, limit })
    return [documents.map(({ id }) => id), next]
  }
  t.same(await ids(undefined, 2), [['a', 'b'], 'b'])
  t.same(await ids('b', 2), [['c'], null])
  t.same(await ids(undefined, 3), [['a', 'b', 'c'], null])
})

t.test('the manual is added to a new database only, and the first document replaces it', async t => {
  const { knowledge } = makeWorld()
  const load = async () => [await readDocument({ ...page('manual'), owner: 'project' })]
  t.equal(await knowledge.addManual(load), true)
  t.equal(await knowledge.addManual(load), false)
  await knowledge.put(page('tea'))
  t.same(
    (await knowledge.list({ limit: 10 })).documents.map(({ id }) => id),
    ['tea'],
  )
})
