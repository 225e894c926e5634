import type { PassageIndex } from '../index/passage-index.ts'
import { SEGMENT_KINDS } from '../index/passage-segments.ts'
import { FIRST_KIND, FIRST_TERM, SEGMENT_END } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import { type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { LookupTerm } from '../query/query-terms.ts'
import { idf, STOP_WORD_WEIGHT, saturated } from '../word-score.ts'
import type { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'

const IS_LABEL = SEGMENT_KINDS.map(kind => kind.startsWith('title') || kind.startsWith('heading'))
const IS_TEXT = SEGMENT_KINDS.map(kind => kind === 'text' || kind === 'defined')
const IS_QUESTION = SEGMENT_KINDS.map(kind => kind.endsWith('question'))

/** Scores titles and headings. Buffers are reused between queries. */
export class LabelScorer {
  /** By row of the texts, after `score`: BM25 of the best label; questions count more. */
  scores = new Float64Array(0)
  readonly #index: PassageIndex
  readonly #weights: RankingWeights
  readonly #marks: QueryMarks
  /** By slot: the weight of the term in a label, and its frequency in the current one. */
  readonly #factors = new Float64Array(SLOT_MASK + 1)
  readonly #frequencies = new Uint32Array(SLOT_MASK + 1)
  /** The slots of the current label that have a frequency. */
  readonly #found: number[] = []

  constructor(index: PassageIndex, weights: RankingWeights, marks: QueryMarks) {
    this.#index = index
    this.#weights = weights
    this.#marks = marks
  }

  /**
   * Scores the labels of passages, with the statistics of titles and headings. Stop words count in
   * full: titles are short.
   */
  score(lookups: readonly LookupTerm[], { numbers, starts, ends, rows }: PassageTexts): void {
    const { labels, vocabulary } = this.#index
    for (let i = 0; i < lookups.length; i++) {
      const { list, weight, stopWord } = lookups[i]!
      const full = stopWord ? weight / STOP_WORD_WEIGHT : weight
      this.#factors[i + 1] = full * idf(labels, vocabulary.labelFrequencies[list]!)
    }
    this.#frequencies.fill(0)
    this.scores = withRoomFor(this.scores, rows)
    for (let row = 0; row < rows; row++) this.scores[row] = this.#best(numbers, starts[row]!, ends[row]!)
  }

  #best(numbers: Uint32Array, start: number, end: number): number {
    const byTerm = this.#marks.byTerm
    const found = this.#found
    let best = 0
    for (let i = start; i < end; i++) {
      const kind = numbers[i++]! - FIRST_KIND
      if (IS_TEXT[kind]) break
      const first = i
      found.length = 0
      for (; numbers[i] !== SEGMENT_END; i++) {
        const slot = byTerm[numbers[i]! - FIRST_TERM]! & SLOT_MASK
        if (slot !== 0 && this.#frequencies[slot]!++ === 0) found.push(slot)
      }
      if (found.length === 0) continue
      const score = this.#takeScore(i - first)
      if (IS_LABEL[kind]) best = Math.max(best, (this.#weights.title + (IS_QUESTION[kind] ? this.#weights.question : 0)) * score)
    }
    return best
  }

  /** The score of the current label, whose frequencies are reset. */
  #takeScore(words: number): number {
    const { labels, labelWords } = this.#index
    const relativeLength = (words * labels) / labelWords
    let score = 0
    for (const slot of this.#found) {
      score += this.#factors[slot]! * saturated(this.#frequencies[slot]!, relativeLength)
      this.#frequencies[slot] = 0
    }
    return score
  }
}
