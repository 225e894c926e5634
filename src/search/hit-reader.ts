import { listDefining } from '../text/passages/segment-table.ts'
import type { PassageIndex } from './index/passage-index.ts'
import { SEGMENT_KINDS } from './index/passage-segments.ts'
import { FIRST_KIND, FIRST_TERM, SEGMENT_END } from './index/sequence-store.ts'
import { type QueryMarks, SLOT_MASK } from './query/query-marks.ts'
import type { PassageTexts } from './ranking/passage-texts.ts'
import type { RankedPassage } from './ranking/ranker.ts'
import type { SearchHit } from './search-engine.ts'

const TEXT_KIND = FIRST_KIND + SEGMENT_KINDS.indexOf('text')
const DEFINED_KIND = FIRST_KIND + SEGMENT_KINDS.indexOf('defined')

/**
 * Reads passages from the index for those who read hits. What it returns is copied, so it stays
 * valid when the index changes.
 */
export class HitReader {
  readonly #index: PassageIndex
  readonly #marks: QueryMarks
  readonly #texts: PassageTexts

  /** @param marks Those of the current query. @param texts Its passages. */
  constructor(index: PassageIndex, marks: QueryMarks, texts: PassageTexts) {
    this.#index = index
    this.#marks = marks
    this.#texts = texts
  }

  readonly read = ({ passage, score, parts }: RankedPassage): SearchHit => {
    const { documents, owners, sequences } = this.#index
    const { byTerm } = this.#marks
    const row = this.#texts.rowOf(passage)
    const { numbers } = this.#texts
    const end = this.#texts.ends[row]!
    const labelEnds: number[] = []
    const places: number[] = []
    const terms: number[] = []
    let place = 0
    let kind = 0
    let i = this.#texts.starts[row]!
    for (; i < end; i++) {
      const number = numbers[i]!
      if (number >= FIRST_TERM) {
        const slot = byTerm[number - FIRST_TERM]! & SLOT_MASK
        if (slot !== 0) {
          places.push(place)
          terms.push(slot - 1)
        }
        place++
      } else if (number === DEFINED_KIND) break
      else if (number !== SEGMENT_END) kind = number
      else if (kind !== TEXT_KIND) labelEnds.push(place)
    }
    const segments = sequences.segments(passage)
    const asked: number[] = []
    // The terms of what the passage defines, one for each segment that defines something.
    for (let k = i + 1; k < end - 1; k++) if ((byTerm[numbers[k]! - FIRST_TERM]! & SLOT_MASK) !== 0) asked.push(k - i - 1)
    const defining = asked.length === 0 ? asked : listDefining(segments).filter((_, k) => asked.includes(k))
    return {
      documentId: documents.id(owners[passage]!),
      ordinal: this.#index.ordinal(passage),
      score,
      parts,
      analysis: { labelEnds, contentWords: sequences.contentWords(passage), segments },
      matches: { places, terms, defining },
      checksum: sequences.checksum(passage),
    }
  }
}
