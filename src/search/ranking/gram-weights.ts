import { termGrams } from '../../text/term-grams.ts'
import type { PassageIndex } from '../index/passage-index.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { QueryMarks } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import { idf, saturated } from '../word-score.ts'

/** A letter group that more terms contain is not selective, and takes too long to process. */
const MAX_TERMS_PER_GRAM = 4096
/** Terms that are weighted for one query. */
const MAX_TERMS_LOOKED_AT = 100_000

/**
 * Weights the terms of the index by the letter groups that they share with a query. Compounds,
 * inflections and misspellings share some. `begin` clears the weights and counts of the query
 * before, so a query that throws leaves nothing behind.
 */
export class GramWeights {
  readonly #index: PassageIndex
  /** By term; 0 for most. */
  #weights = new Float64Array(0)
  readonly #weighted: number[] = []
  /** By term: its frequency in the current passage. */
  #frequencies = new Uint32Array(0)
  readonly #found: number[] = []
  /** The terms of the current group. */
  readonly #terms = new Uint32Array(MAX_TERMS_PER_GRAM)

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * Starts a query: weights and marks the terms that share letter groups with its words. Groups
   * that too many terms contain are skipped, and groups that would exceed the total.
   */
  begin(words: PlannedQuery['words'], marks: QueryMarks): void {
    this.#clear()
    const { vocabulary, postings, passageCount } = this.#index
    this.#weights = withRoomFor(this.#weights, vocabulary.slots)
    this.#frequencies = withRoomFor(this.#frequencies, vocabulary.slots)
    const queryGrams = new Map<number, number>()
    for (const { term, weight } of words)
      for (const gram of termGrams(term)) queryGrams.set(gram, (queryGrams.get(gram) ?? 0) + weight)
    const weights = this.#weights
    const found = this.#terms
    let lookedAt = 0
    for (const [gram, weight] of queryGrams) {
      const terms = vocabulary.grams.count(gram)
      if (terms > MAX_TERMS_PER_GRAM || lookedAt + terms > MAX_TERMS_LOOKED_AT) continue
      lookedAt += terms
      let read = 0
      vocabulary.grams.forEachKey(gram, term => {
        found[read++] = term
      })
      let documentFrequency = 0
      for (let i = 0; i < terms; i++) documentFrequency += postings.count(found[i]!)
      const part = weight * idf(passageCount, Math.min(documentFrequency, passageCount))
      for (let i = 0; i < terms; i++) {
        const term = found[i]!
        if (weights[term] === 0) this.#weighted.push(term)
        marks.markGram(term)
        weights[term]! += part
      }
    }
  }

  /** Counts an occurrence of a marked term in the current passage. */
  count(term: number): void {
    if (this.#frequencies[term] === 0) this.#found.push(term)
    this.#frequencies[term]!++
  }

  /**
   * Returns the BM25 score of the passage, with each counted term weighted by its similarity to the
   * query. Starts the next passage.
   */
  takeScore(passage: number): number {
    const relativeLength = this.#index.lengths[passage]! / this.#index.meanLength
    let score = 0
    for (const term of this.#found) {
      score += this.#weights[term]! * saturated(this.#frequencies[term]!, relativeLength)
      this.#frequencies[term] = 0
    }
    this.#found.length = 0
    return score
  }

  #clear(): void {
    for (const term of this.#weighted) this.#weights[term] = 0
    this.#weighted.length = 0
    for (const term of this.#found) this.#frequencies[term] = 0
    this.#found.length = 0
  }
}
