import { withRoomFor } from '../index/typed-arrays.ts'
import type { PlannedQuery } from './query-terms.ts'

/** Bits of a mark that hold the slot. */
export const SLOT_MASK = 0x7f
/** Bit of a mark that is set if the term shares letter groups with the query. */
export const GRAM_MARK = 0x80

/**
 * Marks of the terms of the current query: one array access per word read. `begin` clears the marks
 * of the previous query, even if that query threw.
 */
export class QueryMarks {
  /**
   * By term number: the term's slot, which is its position among the lookups plus 1, or 0; and
   * `GRAM_MARK`.
   */
  byTerm = new Uint8Array(0)
  readonly #marked: number[] = []

  /**
   * Starts a query: assigns a slot to each of at most 127 lookups. `vocabulary` is the number of
   * term numbers.
   */
  begin(lookups: PlannedQuery['lookups'], vocabulary: number): void {
    for (const term of this.#marked) this.byTerm[term] = 0
    this.#marked.length = 0
    this.byTerm = withRoomFor(this.byTerm, vocabulary)
    for (const [i, { list }] of lookups.entries()) {
      this.#marked.push(list)
      this.byTerm[list] = i + 1
    }
  }

  /** Marks a term that shares letter groups with the query. */
  markGram(term: number): void {
    if (this.byTerm[term] === 0) this.#marked.push(term)
    this.byTerm[term]! |= GRAM_MARK
  }
}
