import fc from 'fast-check'
import t from 'tap'
import { createSearchEngine, loadSearchEngine, type PassageSearch } from '../../../../src/search/passage-search.ts'
import { RANKING_WEIGHTS, type RankingWeights, WORDS_ONLY } from '../../../../src/search/ranking/ranking-weights.ts'
import type { SearchEngine, SearchHit } from '../../../../src/search/search-engine.ts'
import { indexBytes } from '../index-bytes.ts'
import { type Page, tldrPages } from '../plain-words.ts'

const pages = tldrPages()

function filled(documents: readonly Page[], weights: RankingWeights = RANKING_WEIGHTS): PassageSearch {
  const engine = createSearchEngine(weights)
  for (const { id, title, passages } of documents) engine.replace(id, title, passages)
  return engine
}

/** An engine with documents of one passage each, by id. */
function engineOf(
  texts: Readonly<Record<string, string>>,
  weights?: RankingWeights,
  titles: Readonly<Record<string, string>> = {},
) {
  const documents = Object.entries(texts).map(([id, text]) => ({
    id,
    title: titles[id] ?? id,
    passages: [{ ordinal: 0, headings: [], text }],
  }))
  return filled(documents, weights)
}

const found = (engine: SearchEngine, query: string) => engine.search(query, 10).hits.map(hit => hit.documentId)
const only = (part: keyof RankingWeights) => ({ ...WORDS_ONLY, [part]: RANKING_WEIGHTS[part] })

function hitOf(engine: SearchEngine, query: string, id: string): SearchHit {
  const hit = engine.search(query, 100).hits.find(({ documentId }) => documentId === id)
  if (hit === undefined) throw new Error(`${id} was not found`)
  return hit
}

t.test('a score is the sum of its parts, no part is negative, and hits are ordered by score', async t => {
  const engine = filled(pages)
  for (const { title } of pages.filter((_, i) => i % 20 === 0)) {
    const { hits } = engine.search(`how do I use ${title} to list files`, 20)
    for (const { score, parts } of hits) {
      const values = Object.values(parts)
      t.ok(Math.abs(score - values.reduce((sum, part) => sum + part, 0)) < 1e-9 && values.every(part => part >= 0), title)
    }
    t.same(
      hits,
      hits.toSorted((a, b) => b.score - a.score),
    )
  }
})

t.test('after any changes, and after saving and loading, the ranking equals that of a new engine bit for bit', async t => {
  const asked = ['extract an archive', 'list all files in a directory', 'show the status of a repository', 'recieve mail']
  const change = fc.record({ id: fc.nat(12), content: fc.option(fc.nat(pages.length - 1)) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), changes => {
      const engine = createSearchEngine()
      const kept = new Map<number, Page>()
      for (const { id, content } of changes) {
        kept.delete(id)
        const passages = content === null ? [] : pages[content]!.passages
        // Some of the documents are sections of the same page.
        const document = { id: id % 3 === 0 ? `page#${id}` : `${id}`, title: pages[content ?? 0]!.title, passages }
        if (content !== null) kept.set(id, document)
        engine.replace(document.id, document.title, passages)
      }
      const fresh = filled([...kept.values()])
      const loaded = loadSearchEngine(indexBytes(engine))!.engine
      for (const query of asked) {
        t.same(engine.search(query, 5), fresh.search(query, 5))
        t.same(loaded.search(query, 5), fresh.search(query, 5))
      }
    }),
    { numRuns: 25 },
  )
})

t.test('the second stage changes the order of the hits, not the set of hits', async t => {
  const engine = filled(pages)
  const words = filled(pages, WORDS_ONLY)
  for (const query of ['compress files', 'git branch', 'convert an image to another format']) {
    const all = pages.length * 2
    t.same(found(engine, query).length, 10)
    const idsOf = ({ hits }: ReturnType<SearchEngine['search']>) => hits.map(hit => `${hit.documentId} ${hit.ordinal}`).sort()
    t.same(idsOf(engine.search(query, all)), idsOf(words.search(query, all)), query)
    const scores = engine.search(query, all).hits.map(hit => hit.score)
    t.same(
      scores,
      scores.toSorted((a, b) => b - a),
      `${query}: including hits beyond the candidates`,
    )
  }
})

t.test('the 24 best candidates by the words of passage, document and page are read', async t => {
  const texts = Object.fromEntries(
    Array.from({ length: 70 }, (_, i) => [`d${i}`, `The river bank. ${'More words follow. '.repeat(i)}`]),
  )
  const engine = engineOf(texts, undefined, { d69: 'River bank' })
  const { hits } = engine.search('river bank', 70)
  const read = hits.filter(({ parts }) => parts.pairs > 0 && parts.segment > 0)
  const before = ({ parts }: SearchHit) => parts.words + parts.document + parts.page + parts.mentions
  t.equal(hits.length, 70)
  t.equal(read.length, 24)
  t.same(
    read.toSorted((a, b) => before(b) - before(a)),
    hits.toSorted((a, b) => before(b) - before(a)).slice(0, 24),
  )
})

t.test('words that are adjacent in query and passage count more', async t => {
  const engine = engineOf({ apart: 'the bank of a river', pair: 'a river bank of the' }, only('pairs'))
  t.same(found(engine, 'river bank'), ['pair', 'apart'])
  t.equal(hitOf(engine, 'river bank', 'apart').parts.pairs, 0)
})

t.test('each repetition of a word pair in the query counts more, but by less each time', async t => {
  const filler = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`filler ${i}`, `words about nothing ${i}`]))
  const engine = engineOf({ ...filler, rotation: 'log rotation keeps the disk free. log files', login: 'please do log in now' })
  const pairs = (times: number) => hitOf(engine, 'log in '.repeat(times), 'login').parts.pairs
  t.ok(pairs(2) > pairs(1) && pairs(1000) < 4 * pairs(1))
})

t.test('a term is a stop word only if all its forms in the query are', async t => {
  const engine = engineOf({ a: 'needs needed wanting', b: 'nothing' })
  for (const query of ['need needed', 'needed need', 'needed']) t.equal(engine.search(query, 1).terms[0]!.weight, 1, query)
  t.equal(engine.search('need need', 1).terms[0]!.weight, 0.2)
})

t.test('a sentence with all the words beats the same words scattered', async t => {
  const filler = 'Many other things are said in between.'
  const engine = engineOf(
    {
      scattered: `Passwords exist. ${filler} Reset is a button. ${filler} Forgotten is forgiven.`,
      together: `Forgotten passwords, reset. ${filler} Nothing exists. ${filler} A button is forgiven.`,
    },
    only('segment'),
  )
  t.same(found(engine, 'reset forgotten password'), ['together', 'scattered'])
})

t.test('a title that is a question counts more than one that is not', async t => {
  const texts = { a: 'Some text.', b: 'Some text.' }
  const engine = engineOf(texts, undefined, { a: 'An account opening now', b: 'When opening an account?' })
  t.ok(hitOf(engine, 'open account', 'b').parts.title > 2 * hitOf(engine, 'open account', 'a').parts.title)
  t.equal(hitOf(engineOf({ plans: 'Some text about plans.' }), 'plans', 'plans').parts.title, 0, 'an id is not a title')
})

t.test('the rest of its document raises a passage, and the rest of its page raises a section', async t => {
  const engine = createSearchEngine()
  const passage = (ordinal: number, text: string) => ({ ordinal, headings: [], text })
  engine.replace('alone', 'Alone', [passage(0, 'Press the green button twice.')])
  engine.replace('printer', 'Manual', [
    passage(0, 'Press the green button twice.'),
    passage(1, 'The printer prints. A printer jams.'),
  ])
  engine.replace('guide#a', 'Guide', [passage(0, 'Press the green button twice.')])
  engine.replace('guide#b', 'Guide', [passage(0, 'The printer prints. A printer jams.')])
  const best = (query: string) => engine.search(query, 10).hits.filter(hit => hit.ordinal === 0 && hit.parts.words > 0)
  const score = (id: string) => best('printer green button').find(hit => hit.documentId === id)!.score
  t.ok(score('printer') > score('alone'))
  t.ok(score('guide#a') > score('alone'))
})

t.test('mentions in other documents raise a document', async t => {
  const named = { tar: 'It packs files.', cpio: 'It packs files.' }
  const naming = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`note ${i}`, 'see tar for more']))
  const titles = { tar: 'tar', cpio: 'cpio' }
  const engine = engineOf({ cpio: named.cpio, tar: named.tar, ...naming }, only('mentions'), {
    ...titles,
    tar: 'Tar',
    cpio: 'Cpio',
  })
  t.same(found(engine, 'packs files').slice(0, 2), ['tar', 'cpio'])
})

t.test('one more passage changes the score of a longer document only a little', async t => {
  const passage = (text: string, ordinal: number) => ({ ordinal, headings: [], text })
  const ofLength = (count: number) => {
    const engine = createSearchEngine()
    for (let i = 0; i < 300; i++) engine.replace(`${i}`, 'Other', [passage(`alpha alpha beta ${i}`, 0)])
    const rest = Array.from({ length: count - 1 }, (_, i) =>
      passage(`alpha beta and much other filler to make it long ${i}`, i + 1),
    )
    engine.replace('long', 'Long', [passage('alpha alpha beta gamma gamma', 0), ...rest])
    return hitOf(engine, 'alpha beta gamma', 'long').parts.document
  }
  for (let count = 4; count < 12; count++) {
    const change = ofLength(count + 1) / ofLength(count)
    t.ok(change > 0.85 && change < 1.1, `from ${count} passages to ${count + 1}: ${change.toFixed(3)}`)
  }
})

t.test('stop words and mentions in the document itself do not count, and the number of mentions is capped', async t => {
  const mentions = (title: string, others: number, own = 1) => {
    const engine = createSearchEngine()
    const passage = (text: string, ordinal = 0) => ({ ordinal, headings: [], text })
    for (let i = 0; i < others; i++)
      engine.replace(`${i}`, 'A note', [passage(`see ${title} for it`), passage(`again ${title}`, 1)])
    engine.replace(
      'named',
      title,
      Array.from({ length: own }, (_, i) => passage(`packs files ${i}`, i)),
    )
    return hitOf(engine, 'packs files', 'named').parts.mentions
  }
  t.equal(mentions('More', 40), 0)
  t.equal(mentions('Handbook', 0, 90), 0)
  t.ok(mentions('Handbook', 40) > 0)
  t.equal(mentions('Handbook', 40, 20), mentions('Handbook', 40))
  t.equal(mentions('Handbook', 100), mentions('Handbook', 400))
})

t.test('the score of a page with many sections does not depend on the order of changes', async t => {
  const text = (i: number) => `topic ${'filler '.repeat(i % 40)}${i % 7 === 0 ? 'extra' : ''} number${i}`
  const put = (engine: SearchEngine, i: number) =>
    engine.replace(`guide#${i}`, 'S', [{ ordinal: 0, headings: [], text: text(i) }])
  const sections = Array.from({ length: 300 }, (_, i) => i)
  const engine = createSearchEngine()
  for (const i of sections) put(engine, i)
  for (const i of sections.slice(0, 100)) engine.replace(`guide#${i}`, '', [])
  const again = sections.slice(0, 100).reverse()
  for (const i of again) put(engine, i)
  const fresh = createSearchEngine()
  for (const i of [...sections.slice(100), ...again]) put(fresh, i)
  const loaded = loadSearchEngine(indexBytes(engine))!.engine
  for (const query of ['extra number7', 'topic number250']) {
    t.same(engine.search(query, 5), fresh.search(query, 5))
    t.same(loaded.search(query, 5), fresh.search(query, 5))
  }
})

t.test('words that share letter groups raise a passage: compounds, inflections of other languages', async t => {
  const engine = engineOf({ a: 'Vertrag Kündigungsfrist', b: 'Vertrag Sonderangebot' })
  t.same(found(engine, 'Vertrag Kündigung'), ['a', 'b'])
})

t.test('words of the context count less than words of the query, and only once', async t => {
  const engine = engineOf({ linux: 'install on linux', windows: 'install on windows', other: 'windows are made of glass' })
  const context = [{ text: 'how to install install install', weight: 0.5 }]
  t.equal(engine.search('and on windows', 1, { context }).hits[0]!.documentId, 'windows')
  t.same(engine.search('windows', 3, { context: [{ text: 'the of windows', weight: 1 }] }), engine.search('windows', 3))
})
