import fc from 'fast-check'
import t from 'tap'
import { createSearchEngine, loadSearchEngine, type PassageSearch } from '../../../src/search/passage-search.ts'
import { WORDS_ONLY } from '../../../src/search/ranking/ranking-weights.ts'
import type { SearchEngine } from '../../../src/search/search-engine.ts'
import { indexBytes } from './index-bytes.ts'
import { difference, type Page, PlainWords, sameAsPlain, tldrPages } from './plain-words.ts'

const pages = tldrPages()
const queries = makeQueries(pages)

function fill(engine: SearchEngine, documents: readonly Page[]): void {
  for (const { id, title, passages } of documents) engine.replace(id, title, passages)
}

function filled(documents: readonly Page[], weights = WORDS_ONLY): PassageSearch {
  const engine = createSearchEngine(weights)
  fill(engine, documents)
  return engine
}

/** A document with one passage. */
function page(id: string, text: string, title = ''): Page {
  return { id, title, passages: [{ ordinal: 0, headings: [], text }] }
}

/** Titles, sentences, and words from random places; deterministic. */
function makeQueries(documents: readonly Page[]): string[] {
  const sentences = documents.flatMap(({ title, passages }) => [
    title,
    ...passages.flatMap(({ text }) => text.split('\n').filter(line => line.length > 9)),
  ])
  const words = sentences.flatMap(sentence => sentence.split(/\W+/))
  const scattered = Array.from({ length: 150 }, (_, i) =>
    Array.from({ length: 1 + (i % 12) }, (_, j) => words[(i * 7919 + j * 104_729) % words.length]).join(' '),
  )
  return [
    ...sentences.filter((_, i) => i % 5 === 0),
    ...scattered,
    'the of and to in',
    'tar tar tar create',
    'nosuchword',
    'nosuchword archive',
  ]
}

t.test('word search equals the plain formula on a real collection, in ranks and scores', async t => {
  const plain = new PlainWords()
  for (const document of pages) plain.replace(document)
  const engine = filled(pages)
  t.ok(queries.length > 400)
  sameAsPlain(t, plain, engine, queries, 10)
  sameAsPlain(
    t,
    plain,
    engine,
    queries.filter((_, i) => i % 20 === 0),
    1000,
  )
  sameAsPlain(
    t,
    plain,
    engine,
    queries.filter((_, i) => i % 10 === 0),
    1,
  )
})

t.test('most passages are never scored, and the best passages are still found', async t => {
  const many = Array.from({ length: 30 }).flatMap((_, copy) =>
    pages.map(({ id, title, passages: [first] }) =>
      page(`${copy}/${id}`, `${first!.text} everywhere ${'filler '.repeat((copy * 7) % 11)}`, title),
    ),
  )
  const engine = filled(many)
  const plain = new PlainWords()
  for (const document of many) plain.replace(document)
  sameAsPlain(
    t,
    plain,
    engine,
    queries.filter((_, i) => i % 40 === 0),
    10,
  )
  for (const query of queries.filter((_, i) => i % 5 === 0)) {
    t.same(engine.search(query, 10).hits, engine.search(query, many.length).hits.slice(0, 10), query)
  }
  t.equal(engine.search('everywhere', many.length).hits.length, many.length, 'no passage is lost between two windows')
  const { scored } = engine.search('how to extract a gzipped archive to a directory', 10)
  t.ok(scored < many.length / 2, `${scored} of ${many.length} scored`)
})

t.test('after any additions, replacements and removals, scores equal those of a new engine bit for bit', async t => {
  const change = fc.record({ id: fc.nat(12), content: fc.option(fc.nat(pages.length - 1)) })
  const asked = queries.filter((_, i) => i % 40 === 0)
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), changes => {
      const engine = createSearchEngine(WORDS_ONLY)
      const kept = new Map<number, Page>()
      for (const { id, content } of changes) {
        kept.delete(id)
        const document = { ...pages[content ?? 0]!, id: `${id}`, passages: content === null ? [] : pages[content]!.passages }
        if (content !== null) kept.set(id, document)
        fill(engine, [document])
      }
      const fresh = filled([...kept.values()])
      t.same(engine.size, fresh.size)
      for (const query of asked) t.same(engine.search(query, 5).hits, fresh.search(query, 5).hits)
    }),
    { numRuns: 25 },
  )
})

t.test('an index whose documents are replaced many times stays exact and does not grow', async t => {
  const engine = createSearchEngine(WORDS_ONLY)
  const plain = new PlainWords()
  const sizes: number[] = []
  for (let round = 0; round < 12; round++) {
    const present = pages.filter((_, i) => (i + round) % 3 !== 0)
    for (const document of pages) {
      const now = present.includes(document) ? document : { ...document, passages: [] }
      fill(engine, [now])
      plain.replace(now)
    }
    sizes.push(indexBytes(engine).length)
  }
  t.ok(sizes.at(-1)! < 1.1 * sizes[2]!, `bytes: ${sizes.join(' ')}`)
  sameAsPlain(
    t,
    plain,
    engine,
    queries.filter((_, i) => i % 4 === 0),
    10,
  )
  fill(
    engine,
    pages.map(document => ({ ...document, passages: [] })),
  )
  t.same(engine.size, { documents: 0, passages: 0, terms: 0 })
})

t.test('equal scores are in order of addition, even if a passage number is reused', async t => {
  const engine = filled(['a', 'b', 'c', 'd'].map(id => page(id, 'the same words')))
  fill(engine, [page('b', 'the same words')])
  t.same(
    engine.search('same', 3).hits.map(hit => hit.documentId),
    ['a', 'c', 'd'],
  )
  t.same(
    engine.search('same', 10).hits.map(hit => hit.documentId),
    ['a', 'c', 'd', 'b'],
  )
})

t.test('a word that occurs twice in the query counts 1.6 times, a stop word a fifth', async t => {
  const engine = filled([page('a', 'archive of files'), page('b', 'nothing else')])
  const score = (query: string) => engine.search(query, 1).hits[0]?.score ?? 0
  t.equal(score('archive archive'), 1.6 * score('archive'))
  t.equal(score('of'), 0.2 * score('archive'))
  const idf = Math.log(1 + 1.5 / 1.5)
  t.same(engine.search('Of ARCHIVES zebra', 1).terms, [
    { word: 'of', term: 'of', documentFrequency: 1, idf, weight: 0.2 },
    { word: 'archives', term: 'archiv', documentFrequency: 1, idf, weight: 1 },
    { word: 'zebra', term: 'zebra', documentFrequency: 0, idf: Math.log(1 + 2.5 / 0.5), weight: 1 },
  ])
})

t.test('titles and headings count more than text', async t => {
  const engine = createSearchEngine()
  engine.replace('text', 'one page', [{ ordinal: 0, headings: ['two'], text: 'archive' }])
  engine.replace('heading', 'one page', [{ ordinal: 0, headings: ['archive'], text: 'two' }])
  engine.replace('title', 'archive page', [{ ordinal: 0, headings: ['one'], text: 'two' }])
  t.same(
    engine.search('archive', 3).hits.map(hit => hit.documentId),
    ['heading', 'title', 'text'],
  )
})

t.test('a passage that defines a wanted subject comes first, and its definition is no word of it', async t => {
  const engine = createSearchEngine()
  const texts = ['Tea, tea and tea.', 'Tea is a drink.', 'Green tea is a kind.', 'The teapot is full of tea.']
  for (const [i, text] of texts.entries()) engine.replace(`d${i}`, 'Page', [{ ordinal: 0, headings: [], text }])
  const best = (query: string, defined: readonly (readonly string[])[]) =>
    engine.search(query, 4, { defined }).hits[0]!.documentId
  t.equal(best('tea', []), 'd0')
  t.equal(best('tea', [['tea']]), 'd1')
  t.equal(best('green tea', [['green', 'tea']]), 'd2')
  t.equal(best('tea', [['coffee']]), 'd0', 'a subject that nothing defines changes nothing')
  for (const query of ['=tea', '= green tea', 'green teas'])
    for (const { term } of engine.search(query, 4).terms) t.notMatch(term, '=')
  const { matches, analysis } = engine.search('tea', 4, { defined: [['tea']] }).hits[0]!
  t.same(matches.places, [1], 'the places of the words are those of the text')
  t.same(analysis.labelEnds, [1])
  for (const i of texts.keys()) engine.replace(`d${i}`, 'Page', [])
  t.same(engine.size, { documents: 0, passages: 0, terms: 0 })
})

t.test('no query throws, and the cost of every query is bounded', async t => {
  const engine = filled(pages)
  const vocabulary = [...new Set(pages.flatMap(({ passages }) => passages.flatMap(({ text }) => text.split(/\W+/))))]
  const hostile = [
    '',
    ' ',
    '\0',
    '\ud800',
    '\udfff\ud800',
    '🦀🦀',
    '__proto__',
    'constructor',
    "'",
    '\u0301'.repeat(5000),
    'a'.repeat(1_000_000),
  ]
  for (const query of hostile) t.doesNotThrow(() => engine.search(query, 10), JSON.stringify(query.slice(0, 20)))
  const long = [
    Array.from({ length: 10_000 }, (_, i) => vocabulary[i % vocabulary.length]).join(' '),
    'tar '.repeat(10_000),
    '編'.repeat(100_000),
  ]
  for (const query of long) t.ok(engine.search(query, 10).terms.length <= 64)
  t.equal(engine.search('tar '.repeat(10_000), 1).hits[0]!.documentId, 'tar.md')
  for (const limit of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, 0.5])
    t.same(engine.search('tar', limit).hits, [], `limit ${limit}`)
  t.equal(engine.search('the', Number.POSITIVE_INFINITY).hits.length, engine.search('the', 1e9).hits.length)
  t.same(createSearchEngine().search('tar', 10), {
    hits: [],
    terms: [{ word: 'tar', term: 'tar', documentFrequency: 0, idf: Math.log(2), weight: 1 }],
    corrections: [],
    matchedTerms: [],
    scored: 0,
    contextTerms: [],
  })
})

t.test('hostile documents are indexed like any other document', async t => {
  const engine = filled([
    page('__proto__', 'constructor __proto__ toString'),
    page('lone \ud800', 'half \udc00 pair', '\ud801'),
    page('long', 'word '.repeat(100_000)),
    page('empty', ''),
    page('line\nbreak "quoted"', 'breaks'),
  ])
  const loaded = loadSearchEngine(indexBytes(engine), WORDS_ONLY)!.engine
  for (const each of [engine, loaded]) {
    t.equal(each.search('constructor', 1).hits[0]!.documentId, '__proto__')
    t.equal(each.search('pair', 1).hits[0]!.documentId, 'lone \ud800')
    t.equal(each.search('word', 1).hits[0]!.documentId, 'long')
    t.equal(each.search('breaks', 1).hits[0]!.documentId, 'line\nbreak "quoted"')
    t.same(each.size, { documents: 5, passages: 5, terms: 7 })
  }
})

t.test('a loaded engine equals the saved one, and so do later changes', async t => {
  const engine = filled(pages.slice(0, 100))
  fill(
    engine,
    pages.slice(20, 40).map(document => ({ ...document, passages: [] })),
  )
  const saved = indexBytes(engine, 42)
  // A buffer may be a view at any offset of its memory.
  const shifted = new Uint8Array(saved.length + 3).subarray(3)
  shifted.set(saved)
  for (const bytes of [saved, shifted]) {
    const loaded = loadSearchEngine(bytes, WORDS_ONLY)!
    t.equal(loaded.revision, 42)
    t.same(loaded.engine.size, engine.size)
    for (const query of queries.filter((_, i) => i % 10 === 0)) t.same(loaded.engine.search(query, 20), engine.search(query, 20))
    const plain = new PlainWords()
    const changed = [...pages.slice(0, 20), ...pages.slice(40)]
    for (const document of changed) plain.replace(document)
    fill(loaded.engine, pages.slice(50).reverse())
    t.same(
      queries.filter((_, i) => i % 20 === 0).flatMap(query => difference(plain, loaded.engine, query, 10) ?? []),
      [],
    )
  }
})

t.test('bytes that are truncated, changed or foreign are rejected', async t => {
  const bytes = indexBytes(filled(pages.slice(0, 5)))
  const lengths = Array.from({ length: 200 }, (_, i) => Math.floor((i * bytes.length) / 200))
  t.same(
    [...lengths, ...Array(40).keys(), bytes.length - 1].filter(length => loadSearchEngine(bytes.slice(0, length)) !== undefined),
    [],
    'truncated',
  )
  const flips = [...Array(24 * 8).keys(), ...Array.from({ length: 500 }, (_, i) => (i * 7919 + 13) % (bytes.length * 8))]
  const accepted = flips.filter(bit => {
    const changed = bytes.slice()
    changed[bit >> 3]! ^= 1 << (bit & 7)
    return loadSearchEngine(changed) !== undefined
  })
  t.same(accepted, [], 'bit flipped')
  t.equal(loadSearchEngine(new Uint8Array([...bytes, 0])), undefined, 'longer')
  t.equal(loadSearchEngine(Buffer.from('{"not":"an index"}'.repeat(100))), undefined, 'foreign')
  t.ok(loadSearchEngine(bytes), 'untouched')
})
