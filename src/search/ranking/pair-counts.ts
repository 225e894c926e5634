import type { PassageIndex } from '../index/passage-index.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import type { Candidate } from './candidate-retrieval.ts'
import { idf, repeated, saturated } from './word-score.ts'

/** Number of slots that a query term can have, including 0: as many as fit into 7 bits. */
const SLOTS = 128

/** Counts how often adjacent words of a query are also adjacent in each candidate. */
export class PairCounts {
  /**
   * By the slots of two words: the pair's index plus 1; 0 if the words are not adjacent in the
   * query.
   */
  readonly #pairAt = new Uint8Array(SLOTS * SLOTS)
  /** By candidate and pair index. */
  #counts = new Uint16Array(0)
  #pairs: { readonly at: number; readonly times: number }[] = []

  /** Prepares for a query with at most 255 pairs. Clears everything about the previous query. */
  begin({ lookups, pairs }: PlannedQuery, candidates: number): void {
    const slotOf = new Map(lookups.map(({ list }, i) => [list, i + 1]))
    for (const { at } of this.#pairs) this.#pairAt[at] = 0
    this.#pairs = pairs.map(({ first, second, times }) => ({
      at: (slotOf.get(first) ?? 0) * SLOTS + (slotOf.get(second) ?? 0),
      times,
    }))
    for (const [i, { at }] of this.#pairs.entries()) this.#pairAt[at] = i + 1
    this.#counts = withRoomFor(this.#counts, candidates * pairs.length)
    this.#counts.fill(0, 0, candidates * pairs.length)
  }

  /** Counts two adjacent words of a candidate, given by their slots. */
  count(candidate: number, first: number, second: number): void {
    const pair = this.#pairAt[first * SLOTS + second]
    if (pair !== 0) this.#counts[candidate * this.#pairs.length + pair - 1]++
  }

  /**
   * Adds each candidate's BM25 score for the pairs. A pair's document frequency is counted among
   * the candidates: nearly all passages that have both words are among them.
   */
  addScores(index: PassageIndex, candidates: readonly Candidate[], views: readonly { pairs: number }[]): void {
    const { lengths, meanLength, passageCount } = index
    for (const [pair, { times }] of this.#pairs.entries()) {
      let documentFrequency = 0
      for (let i = pair; i < candidates.length * this.#pairs.length; i += this.#pairs.length)
        if (this.#counts[i] > 0) documentFrequency++
      if (documentFrequency === 0) continue
      const weight = repeated(times) * idf(passageCount, documentFrequency)
      for (const [i, { passage }] of candidates.entries()) {
        const frequency = this.#counts[i * this.#pairs.length + pair]
        if (frequency > 0) views[i].pairs += weight * saturated(frequency, lengths[passage] / meanLength)
      }
    }
  }
}
