import fc from 'fast-check'
import t, { type Test } from 'tap'
import { readPassage, SEGMENT_WEIGHTS } from '../../../../src/search/index/passage-segments.ts'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'
import { RANKING_WEIGHTS, WORDS_ONLY } from '../../../../src/search/ranking/ranking-weights.ts'
import { LengthNorms, termFactor } from '../../../../src/search/word-score.ts'

interface Written {
  readonly id: string
  readonly title: string
  readonly texts: readonly string[]
}

const WORDS = ['harbour', 'lantern', 'meadow', 'copper', 'violin']
const ONLY_DOCUMENTS = { ...WORDS_ONLY, words: 0, document: 1, mentions: RANKING_WEIGHTS.mentions }
/** More passages with the same word than are scanned for a few documents. */
const FILLERS = Array.from({ length: 3000 }, (_, i) => ({ id: `filler ${i}`, title: `filler ${i}`, texts: ['Copper.'] }))

const sentence = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }).map(words => `${words.join(' ')}.`)
const documents = fc.array(fc.record({ title: sentence, texts: fc.array(sentence, { minLength: 1, maxLength: 4 }) }), {
  minLength: 2,
  maxLength: 12,
})

t.test('the score of a document counts the words of its passages, however they are looked up', async t => {
  fc.assert(
    fc.property(documents, written =>
      check(
        t,
        written.map((document, i) => ({ id: `${i}`, ...document })),
      ),
    ),
    { numRuns: 30 },
  )
})

t.test('so do documents that share a word with thousands of others', async t => {
  const named = [
    { id: 'a', title: 'Violin copper', texts: ['Violin lantern.', 'Copper copper.', 'Meadow.'] },
    { id: 'b', title: 'Harbour', texts: ['Violin copper violin.'] },
  ]
  check(t, [...named, ...FILLERS])
})

/** Compares each hit's part with the plain formula over the words of its document. */
function check(t: Test, written: readonly Written[]): void {
  const engine = createSearchEngine(ONLY_DOCUMENTS)
  for (const { id, title, texts } of written) engine.replace(id, title, toPassages(texts))
  const expected = plainScores(written, ['copper', 'violin'])
  const { hits } = engine.search('copper violin', 40)
  t.ok(hits.length > 0 || [...expected.values()].every(score => score === 0))
  for (const { documentId, parts } of hits) {
    const score = expected.get(documentId) ?? 0
    if (Math.abs(parts.document - score) > 1e-9 * score) t.fail(`${documentId}: ${parts.document}, not ${score}`)
  }
}

function plainScores(written: readonly Written[], terms: readonly string[]): ReadonlyMap<string, number> {
  const passages = written.flatMap(({ id, title, texts }) =>
    toPassages(texts).map(passage => ({ id, ...readPassage(id, title, passage) })),
  )
  const lengths = new Map<string, number>()
  const counts = terms.map(term => ({ term, passages: 0, occurrences: 0, byDocument: new Map<string, number>() }))
  for (const { id, segments } of passages) {
    for (const segment of segments) {
      const counted = SEGMENT_WEIGHTS[segment.kind]
      if (segment.kind !== 'defined') lengths.set(id, (lengths.get(id) ?? 0) + counted * segment.terms.length)
      for (const count of counts) {
        const found = segment.terms.filter(term => term === count.term).length
        count.occurrences += found * counted
        count.byDocument.set(id, (count.byDocument.get(id) ?? 0) + counted * found)
      }
    }
    for (const count of counts) if (segments.some(segment => segment.terms.includes(count.term))) count.passages++
  }
  const total = [...lengths.values()].reduce((sum, length) => sum + length)
  const norms = new LengthNorms().fit(total / lengths.size)
  const scoreOf = (id: string, length: number) =>
    counts.reduce((sum, { passages: frequency, occurrences, byDocument }) => {
      const own = byDocument.get(id) ?? 0
      return own === 0 ? sum : sum + (termFactor(passages.length, frequency, occurrences) * own) / (own + norms.of(length))
    }, 0)
  return new Map([...lengths].map(([id, length]) => [id, scoreOf(id, length)]))
}

function toPassages(texts: readonly string[]) {
  return texts.map((text, ordinal) => ({ ordinal, headings: [], text }))
}
