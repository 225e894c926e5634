import { withRoomFor } from '../index/typed-arrays.ts'
import type { PlannedQuery } from './query-terms.ts'

/** The part of a mark that is a slot. */
export const SLOT_MASK = 0x7f
/** The part of a mark that says that the term shares groups of letters with the query. */
export const GRAM_MARK = 0x80

/** What a query has to do with each term of the index: one array access for each word that is read. */
export class QueryMarks {
  /** By term number: its place among the sought terms, plus one, or 0; and `GRAM_MARK`. */
  byTerm = new Uint8Array(0)
  #marked: number[] = []

  /** Gives each sought term, at most 127, its slot; `vocabulary` is how many term numbers there are. */
  begin(sought: PlannedQuery['sought'], vocabulary: number): void {
    this.byTerm = withRoomFor(this.byTerm, vocabulary)
    for (const [i, { list }] of sought.entries()) {
      this.byTerm[list] = i + 1
      this.#marked.push(list)
    }
  }

  /** Marks a term that shares groups of letters with the query. */
  markGram(term: number): void {
    if (this.byTerm[term] === 0) this.#marked.push(term)
    this.byTerm[term] |= GRAM_MARK
  }

  end(): void {
    for (const term of this.#marked) this.byTerm[term] = 0
    this.#marked.length = 0
  }
}
