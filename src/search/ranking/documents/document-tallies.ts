import type { PassageIndex } from '../../index/passage-index.ts'
import { withRoomFor } from '../../index/typed-arrays.ts'
import type { LookupTerm } from '../../query/query-terms.ts'
import { PostingCounts } from './posting-counts.ts'

/**
 * The frequencies of a query's terms in documents, each read in part: a row for each document.
 * Buffers are reused between queries.
 */
export class DocumentTallies {
  /** The number of rows, below 65,535. */
  size = 0
  /** By row: the document, and the passages that are counted and their words. */
  documents = new Uint32Array(128)
  passages = new Uint32Array(128)
  lengths = new Float64Array(128)
  /** By row, and slot in it: the weighted frequency of each term. */
  frequencies = new Float64Array(0)
  /** Numbers per row in `frequencies`. */
  stride = 1
  readonly #index: PassageIndex
  readonly #counts: PostingCounts
  /** By document: its row plus 1, or 0. */
  #rowOf = new Uint16Array(0)
  #lookups: readonly LookupTerm[] = []

  constructor(index: PassageIndex) {
    this.#index = index
    this.#counts = new PostingCounts(index)
  }

  /** Starts a query. */
  begin(lookups: readonly LookupTerm[]): void {
    for (let row = 0; row < this.size; row++) this.#rowOf[this.documents[row]!] = 0
    this.size = 0
    this.#lookups = lookups
    this.stride = lookups.length + 1
    this.#rowOf = withRoomFor(this.#rowOf, this.#index.documents.slots)
    this.#counts.begin()
  }

  /** The row of a document, or -1. */
  rowOf(document: number): number {
    return this.#rowOf[document]! - 1
  }

  /** Whether a passage is counted. */
  has(passage: number): boolean {
    return this.#counts.has(passage)
  }

  /** Adds a passage to the row of its document, and returns the row. */
  add(passage: number): number {
    const { lengths, owners } = this.#index
    const document = owners[passage]!
    const row = this.#rowOf[document] === 0 ? this.#open(document) : this.#rowOf[document]! - 1
    this.passages[row]!++
    this.lengths[row]! += lengths[passage]!
    this.#counts.add(passage, row)
    return row
  }

  /** Counts the terms in all passages that were added. */
  count(): void {
    const length = this.size * this.stride
    this.frequencies = withRoomFor(this.frequencies, length)
    this.frequencies.fill(0, 0, length)
    for (let i = 0; i < this.#lookups.length; i++)
      this.#counts.count(this.#lookups[i]!.list, this.frequencies, i + 1, this.stride)
  }

  #open(document: number): number {
    const row = this.size++
    this.documents = withRoomFor(this.documents, this.size)
    this.passages = withRoomFor(this.passages, this.size)
    this.lengths = withRoomFor(this.lengths, this.size)
    this.documents[row] = document
    this.passages[row] = 0
    this.lengths[row] = 0
    this.#rowOf[document] = row + 1
    return row
  }
}
