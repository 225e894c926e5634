import type { PassageIndex } from '../index/passage-index.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { QueryMarks } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import { termGrams } from '../text/term-grams.ts'
import { idf, saturated } from './word-score.ts'

/** A group of letters that more terms have than this says too little about any of them; looking at them all would take too long. */
const MAX_TERMS_A_GRAM = 4096
/** Terms looked at for one query. */
const MAX_TERMS_LOOKED_AT = 100_000

/** How much each term of the index is like a query in its letters: compounds, inflections and misspellings share groups of them. */
export class GramWeights {
  readonly #index: PassageIndex
  /** By term; 0 for most. */
  #weights = new Float64Array(0)
  readonly #weighted: number[] = []
  /** By term: how often it stands in the passage at hand. */
  #frequencies = new Uint32Array(0)
  readonly #found: number[] = []

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /** Weighs the terms that share grams with a query's words. A gram that too many terms have is left out, and one that would make them too many in all. */
  begin(words: PlannedQuery['words'], marks: QueryMarks): void {
    const { vocabulary, postings, passageCount } = this.#index
    this.#weights = withRoomFor(this.#weights, vocabulary.slots)
    this.#frequencies = withRoomFor(this.#frequencies, vocabulary.slots)
    const sought = new Map<number, number>()
    for (const { term, weight } of words) for (const gram of termGrams(term)) sought.set(gram, (sought.get(gram) ?? 0) + weight)
    let lookedAt = 0
    for (const [gram, weight] of sought) {
      const terms = vocabulary.grams.count(gram)
      if (terms > MAX_TERMS_A_GRAM || lookedAt + terms > MAX_TERMS_LOOKED_AT) continue
      lookedAt += terms
      let documentFrequency = 0
      vocabulary.grams.forEachKey(gram, term => {
        documentFrequency += postings.count(term)
      })
      const part = weight * idf(passageCount, Math.min(documentFrequency, passageCount))
      vocabulary.grams.forEachKey(gram, term => {
        if (this.#weights[term] === 0) this.#weighted.push(term)
        marks.markGram(term)
        this.#weights[term] += part
      })
    }
  }

  /** A marked term stands in the passage at hand. */
  count(term: number): void {
    if (this.#frequencies[term]++ === 0) this.#found.push(term)
  }

  /** BM25 of the passage, each of the terms that were counted weighted by its likeness to the query. Begins the next passage. */
  takeScore(passage: number): number {
    const relativeLength = this.#index.lengths[passage] / this.#index.meanLength
    let score = 0
    for (const term of this.#found) {
      score += this.#weights[term] * saturated(this.#frequencies[term], relativeLength)
      this.#frequencies[term] = 0
    }
    this.#found.length = 0
    return score
  }

  end(): void {
    for (const term of this.#weighted) this.#weights[term] = 0
    this.#weighted.length = 0
  }
}
