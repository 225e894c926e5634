import t from 'tap'
import { createSearchEngine } from '../../../src/search/passage-search.ts'
import { createRetrieval } from '../../../src/search/retrieval.ts'

/** Retrieval over documents of one passage each, in an engine and in a store. */
function retrievalOver(texts: Readonly<Record<string, string>>) {
  const engine = createSearchEngine()
  for (const [id, text] of Object.entries(texts)) engine.replace(id, id, [{ ordinal: 0, headings: [], text }])
  const stored = (id: string) => {
    const text = texts[id]
    return text === undefined ? undefined : { documentId: id, title: id, ordinal: 0, headings: [], location: id, text }
  }
  const reader = { passages: async (refs: readonly { documentId: string }[]) => refs.map(ref => stored(ref.documentId)) }
  return { engine, retrieve: createRetrieval(engine, reader) }
}

t.test('hits are returned with their text, without passages removed in between', async t => {
  const { engine, retrieve } = retrievalOver({ a: 'one thing', b: 'one other thing' })
  engine.replace('gone', 'gone', [{ ordinal: 0, headings: [], text: 'one thing' }])
  const { passages } = await retrieve('one thing', 10)
  t.same(passages.map(({ documentId, text }) => [documentId, text]).sort(), [
    ['a', 'one thing'],
    ['b', 'one other thing'],
  ])
})

t.test('a correction is spelled as in the passages', async t => {
  const { retrieve } = retrievalOver({ a: 'You are receiving the parcels.' })
  t.same((await retrieve('recieving a parcle', 10)).corrections, [
    { word: 'recieving', suggestion: 'receiving' },
    { word: 'parcle', suggestion: 'parcels' },
  ])
  t.same((await retrieve('receiving', 10)).corrections, [])
})

t.test('search syntax and context are passed to the engine', async t => {
  const { retrieve } = retrievalOver({ a: 'red apple', b: 'green apple' })
  const ids = async (...args: Parameters<typeof retrieve>) =>
    (await retrieve(...args)).passages.map(({ documentId }) => documentId)
  t.same(await ids('apple -red', 10, { syntax: true }), ['b'])
  t.same(await ids('apple', 1, { context: [{ text: 'green', weight: 0.5 }] }), ['b'])
})
