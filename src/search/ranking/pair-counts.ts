import type { PassageIndex } from '../index/passage-index.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import { type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import { idf, repeated, saturated } from '../word-score.ts'
import type { PassageTexts } from './passage-texts.ts'

/** Number of slots that a query term can have, including 0: as many as fit into 7 bits. */
const SLOTS = SLOT_MASK + 1

/** Counts how often adjacent words of a query are also adjacent in each passage that is read. */
export class PairCounts {
  /**
   * By the slots of two words: the pair's index plus 1; 0 if the words are not adjacent in the
   * query.
   */
  readonly #pairAt = new Uint8Array(SLOTS * SLOTS)
  /** By row of the texts, and pair index. */
  #counts = new Uint16Array(0)
  #pairs: { readonly at: number; readonly times: number }[] = []

  /** Prepares for a query with at most 255 pairs. Clears everything about the previous query. */
  begin(pairs: PlannedQuery['pairs'], { byTerm }: QueryMarks, rows: number): void {
    for (const { at } of this.#pairs) this.#pairAt[at] = 0
    this.#pairs = pairs.map(({ first, second, times }) => ({
      at: (byTerm[first]! & SLOT_MASK) * SLOTS + (byTerm[second]! & SLOT_MASK),
      times,
    }))
    for (const [i, { at }] of this.#pairs.entries()) this.#pairAt[at] = i + 1
    this.#counts = withRoomFor(this.#counts, rows * pairs.length)
    this.#counts.fill(0, 0, rows * pairs.length)
  }

  /** Counts two adjacent words of a passage, given by their slots. */
  count(row: number, first: number, second: number): void {
    const pair = this.#pairAt[first * SLOTS + second]!
    if (pair !== 0) this.#counts[row * this.#pairs.length + pair - 1]!++
  }

  /**
   * Adds the BM25 score of each passage for the pairs to `scores`. A pair's document frequency is
   * counted among the passages that are read: nearly all that have both words are among them.
   */
  addScores(index: PassageIndex, { passages, rows }: PassageTexts, scores: Float64Array): void {
    const { lengths, meanLength, passageCount } = index
    const pairs = this.#pairs.length
    for (let pair = 0; pair < pairs; pair++) {
      let documentFrequency = 0
      for (let row = 0; row < rows; row++) if (this.#counts[row * pairs + pair]! > 0) documentFrequency++
      if (documentFrequency === 0) continue
      const weight = repeated(this.#pairs[pair]!.times) * idf(passageCount, documentFrequency)
      for (let row = 0; row < rows; row++) {
        const frequency = this.#counts[row * pairs + pair]!
        if (frequency > 0) scores[row]! += weight * saturated(frequency, lengths[passages[row]!]! / meanLength)
      }
    }
  }
}
