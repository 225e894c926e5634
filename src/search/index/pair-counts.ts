import type { PlannedQuery } from '../query/query-terms.ts'
import type { FoundPassage } from '../ranking/candidate-retrieval.ts'
import { idf, repeated, saturated } from '../ranking/word-score.ts'
import type { PassageIndex } from './passage-index.ts'
import { withRoomFor } from './typed-arrays.ts'

/** Slots that two words can have: as many as fit into 7 bits. */
const SLOTS = 128

/** Counts in which candidates which of a query's neighbouring words are neighbours too. */
export class PairCounts {
  /** By the slots of two words: the pair's place, plus one; 0 where they do not follow each other in the query. */
  readonly #pairAt = new Uint8Array(SLOTS * SLOTS)
  /** By candidate and pair. */
  #counts = new Uint16Array(0)
  #pairs: { readonly at: number; readonly times: number }[] = []

  /** Gets ready for a query's pairs, at most 255. */
  begin({ sought, pairs }: PlannedQuery, candidates: number): void {
    const slotOf = new Map(sought.map(({ list }, i) => [list, i + 1]))
    for (const { at } of this.#pairs) this.#pairAt[at] = 0
    this.#pairs = pairs.map(({ first, second, times }) => ({
      at: (slotOf.get(first) ?? 0) * SLOTS + (slotOf.get(second) ?? 0),
      times,
    }))
    for (const [i, { at }] of this.#pairs.entries()) this.#pairAt[at] = i + 1
    this.#counts = withRoomFor(this.#counts, candidates * pairs.length)
    this.#counts.fill(0, 0, candidates * pairs.length)
  }

  /** Two words with these slots stand side by side in a candidate. */
  count(candidate: number, first: number, second: number): void {
    const pair = this.#pairAt[first * SLOTS + second]
    if (pair !== 0) this.#counts[candidate * this.#pairs.length + pair - 1]++
  }

  /**
   * Adds each candidate's score to its view. How rare a pair is, is judged by the candidates that have it: those that have both words are
   * nearly all among them.
   */
  addScores(index: PassageIndex, candidates: readonly FoundPassage[], views: readonly { pairs: number }[]): void {
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
