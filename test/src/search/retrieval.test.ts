import t from 'tap'
import { createSearchEngine, loadSearchEngine } from '../../../src/search/passage-search.ts'
import { createRetrieval } from '../../../src/search/retrieval.ts'
import { analysePassage } from '../../../src/text/passages/passage-analysis.ts'
import { indexBytes } from './index-bytes.ts'
import { tldrPages } from './plain-words.ts'

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
  const several = retrievalOver({ a: 'Containing containers, contains it, container.', b: 'One container.' })
  t.same((await several.retrieve('conatiner', 10)).corrections, [{ word: 'conatiner', suggestion: 'container' }])
})

t.test('a correction is found in a table, in a heading and behind other sentences', async t => {
  const table = '| receiving | b |\n| --- | --- |\n| c | d |'
  for (const text of [table, `One. Two. Receiving three.\n\nFour.`]) {
    const { retrieve } = retrievalOver({ a: text })
    t.same((await retrieve('recieving', 10)).corrections, [{ word: 'recieving', suggestion: 'receiving' }], text)
  }
  const { retrieve } = retrievalOver({ Receiving: 'Nothing.' })
  t.same((await retrieve('recieving', 10)).corrections, [{ word: 'recieving', suggestion: 'receiving' }])
})

t.test('a hit has the analysis of its text, also after changes and in a loaded index', async t => {
  const pages = tldrPages()
  const engine = createSearchEngine()
  for (const { id, title, passages } of pages) {
    engine.replace(id, 'Another title', [{ ordinal: 0, headings: ['One', 'Two'], text: 'One. Two. Three of one page.' }])
    engine.replace(id, title, passages)
  }
  const stored = pages.flatMap(({ id, title, passages }) =>
    passages.map(passage => ({ ...passage, documentId: id, title, location: id })),
  )
  for (const one of [engine, loadSearchEngine(indexBytes(engine))!.engine]) {
    const defined = [['secur', 'shell'], ['tar']]
    const { hits, matchedTerms } = one.search('extract the files of an archive, recieving one page', 500, { defined })
    t.ok(hits.length > 50 && matchedTerms.length > 5)
    t.ok(hits.some(({ matches }) => matches.defining.length > 0))
    for (const { documentId, ordinal, analysis, matches } of hits) {
      const passage = stored.find(one => one.documentId === documentId && one.ordinal === ordinal)!
      t.same({ analysis, matches }, analysePassage(passage, matchedTerms, defined), `${documentId} ${ordinal}`)
    }
  }
})

t.test('a hit has the content words of its title and headings, and the segments that define what is asked', async t => {
  const { engine } = retrievalOver({})
  const headings = ['What are actions?', 'Not allowed', 'How to']
  engine.replace('a', 'The tea page', [{ ordinal: 0, headings, text: 'Hot. Tea is a drink. Coffee is a drink.' }])
  const [hit] = engine.search('tea', 1, { defined: [['tea']] }).hits
  const { contentWords, labelEnds } = hit!.analysis
  t.equal(contentWords.toString(2).split('').reverse().join(''), '01100111')
  t.same(labelEnds, [3, 6, 8, 10])
  t.same(hit!.matches.defining, [1])
})

t.test('a text that has changed since it was indexed is analysed anew', async t => {
  const texts = { a: 'One thing. Another thing.' }
  const { retrieve } = retrievalOver(texts)
  texts.a = 'Now one other thing, and only that.'
  const [passage] = (await retrieve('one thing', 10)).passages
  t.same(
    { analysis: passage!.analysis, matches: passage!.matches },
    analysePassage({ title: 'a', headings: [], text: texts.a }, ['one', 'thing']),
  )
})

t.test('search syntax and context are passed to the engine', async t => {
  const { retrieve } = retrievalOver({ a: 'red apple', b: 'green apple' })
  const ids = async (...args: Parameters<typeof retrieve>) =>
    (await retrieve(...args)).passages.map(({ documentId }) => documentId)
  t.same(await ids('apple -red', 10, { syntax: true }), ['b'])
  t.same(await ids('apple', 1, { context: [{ text: 'green', weight: 0.5 }] }), ['b'])
})
