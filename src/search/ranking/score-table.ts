import { withRoomFor } from '../index/typed-arrays.ts'
import type { ScoreParts } from '../search-engine.ts'

/** The parts of a score, in the order in which they are added up. */
export const [WORDS, DOCUMENT, TITLE, PAIRS, GRAMS, SEGMENT, PAGE, MENTIONS] = [0, 1, 2, 3, 4, 5, 6, 7]
const PARTS = 8

/** The scores of candidates by part. Buffers are reused between queries. */
export class ScoreTable {
  /** By candidate: the sum of its parts at the last `add`. */
  totals = new Float64Array(0)
  #parts = new Float64Array(0)

  begin(candidates: number): void {
    this.totals = withRoomFor(this.totals, candidates)
    this.#parts = withRoomFor(this.#parts, candidates * PARTS)
    this.#parts.fill(0, 0, candidates * PARTS)
  }

  set(candidate: number, part: number, score: number): void {
    this.#parts[candidate * PARTS + part] = score
  }

  /** Adds up the parts of a candidate. */
  add(candidate: number): void {
    let total = 0
    for (let at = candidate * PARTS; at < (candidate + 1) * PARTS; at++) total += this.#parts[at]!
    this.totals[candidate] = total
  }

  partsOf(candidate: number): ScoreParts {
    const of = (part: number) => this.#parts[candidate * PARTS + part]!
    return {
      words: of(WORDS),
      document: of(DOCUMENT),
      title: of(TITLE),
      pairs: of(PAIRS),
      grams: of(GRAMS),
      segment: of(SEGMENT),
      page: of(PAGE),
      mentions: of(MENTIONS),
    }
  }
}
