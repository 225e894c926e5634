import { definitionTerm } from '../text/definitions.ts'
import type { PassageAnalysis, TermMatches } from '../text/passages/passage-analysis.ts'
import { listDefining } from '../text/passages/segment-table.ts'
import type { PassageIndex } from './index/passage-index.ts'
import { SEGMENT_KINDS } from './index/passage-segments.ts'
import { FIRST_KIND, FIRST_TERM, SEGMENT_END } from './index/sequence-store.ts'
import { withRoomFor } from './index/typed-arrays.ts'

/** What the index has of a passage, and where the terms of a query are in it. */
export interface ReadHit {
  readonly analysis: PassageAnalysis
  readonly matches: TermMatches
  readonly checksum: number
}

const TEXT_KIND = FIRST_KIND + SEGMENT_KINDS.indexOf('text')
const DEFINED_KIND = FIRST_KIND + SEGMENT_KINDS.indexOf('defined')

/**
 * Reads passages from the index for those who read hits. What it returns is copied, so it stays
 * valid when the index changes. Buffers are reused between queries.
 */
export class HitReader {
  readonly #index: PassageIndex
  /** By term number: the term's index in the list of wanted terms, plus 1, or 0. */
  #wanted = new Uint16Array(0)
  readonly #marked: number[] = []

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * Starts a query.
   * @param terms The terms to find, each in the index.
   * @param defined The subjects whose definitions are to be found.
   */
  begin(terms: readonly string[], defined: readonly (readonly string[])[]): void {
    const { vocabulary } = this.#index
    for (const term of this.#marked) this.#wanted[term] = 0
    this.#marked.length = 0
    this.#wanted = withRoomFor(this.#wanted, vocabulary.slots)
    for (const [i, term] of [...terms, ...defined.map(definitionTerm)].entries()) {
      const number = vocabulary.find(term)
      if (number === undefined) continue
      this.#marked.push(number)
      this.#wanted[number] = i + 1
    }
  }

  read(passage: number): ReadHit {
    const { sequences } = this.#index
    const count = sequences.read(passage)
    const { numbers } = sequences
    const labelEnds: number[] = []
    const places: number[] = []
    const terms: number[] = []
    let place = 0
    let kind = 0
    let i = 0
    for (; i < count; i++) {
      const number = numbers[i]
      if (number >= FIRST_TERM) {
        const wanted = this.#wanted[number - FIRST_TERM]
        if (wanted !== 0) {
          places.push(place)
          terms.push(wanted - 1)
        }
        place++
      } else if (number === DEFINED_KIND) break
      else if (number !== SEGMENT_END) kind = number
      else if (kind !== TEXT_KIND) labelEnds.push(place)
    }
    const segments = sequences.segments(passage)
    const isWanted = Array.from(numbers.subarray(i + 1, count - 1), number => this.#wanted[number - FIRST_TERM] !== 0)
    const defining = isWanted.includes(true) ? listDefining(segments).filter((_, k) => isWanted[k]) : []
    const analysis = { labelEnds, contentWords: sequences.contentWords(passage), segments }
    return { analysis, matches: { places, terms, defining }, checksum: sequences.checksum(passage) }
  }
}
