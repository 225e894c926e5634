import type { PassageIndex } from '../../index/passage-index.ts'
import { SEGMENT_KINDS, SEGMENT_WEIGHTS } from '../../index/passage-segments.ts'
import { FIRST_KIND, FIRST_TERM, SEGMENT_END } from '../../index/sequence-store.ts'
import { withRoomFor } from '../../index/typed-arrays.ts'
import { type QueryMarks, SLOT_MASK } from '../../query/query-marks.ts'
import type { LookupTerm } from '../../query/query-terms.ts'
import type { PassageTexts } from '../passage-texts.ts'
import { PostingCounts } from './posting-counts.ts'

const IS_TITLE = SEGMENT_KINDS.map(kind => kind === 'id' || kind.startsWith('title'))
const KIND_WEIGHTS = SEGMENT_KINDS.map(kind => SEGMENT_WEIGHTS[kind])

/**
 * The frequencies of a query's terms in documents, each read in part: a row for each document.
 * Buffers are reused between queries.
 */
export class DocumentTallies {
  /** The number of rows, below 65,535. */
  size = 0
  /** By row: the document, and the passages that are counted and their words, the title once. */
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
    for (let row = 0; row < this.size; row++) this.#rowOf[this.documents[row]] = 0
    this.size = 0
    this.#lookups = lookups
    this.stride = lookups.length + 1
    this.#rowOf = withRoomFor(this.#rowOf, this.#index.documents.slots)
    this.#counts.begin()
  }

  /** The row of a document, or -1. */
  rowOf(document: number): number {
    return this.#rowOf[document] - 1
  }

  /** Whether a passage is counted. */
  has(passage: number): boolean {
    return this.#counts.has(passage)
  }

  /** Adds a passage to the row of its document, and returns the row. */
  add(passage: number): number {
    const { documents, lengths, owners } = this.#index
    const document = owners[passage]
    const row = this.#rowOf[document] === 0 ? this.#open(document) : this.#rowOf[document] - 1
    const isFirst = this.passages[row]++ === 0
    this.lengths[row] += lengths[passage] - (isFirst ? 0 : documents.titleLength(document))
    this.#counts.add(passage, row)
    return row
  }

  /** Counts the terms in all passages that were added. */
  count(): void {
    const length = this.size * this.stride
    this.frequencies = withRoomFor(this.frequencies, length)
    this.frequencies.fill(0, 0, length)
    for (let i = 0; i < this.#lookups.length; i++) this.#counts.count(this.#lookups[i].list, this.frequencies, i + 1, this.stride)
  }

  /**
   * Counts the title of a document once: each of its passages begins with it.
   * @param labels Has the title and headings of one of its passages, at `index`.
   */
  countTitleOnce(row: number, { numbers, starts, ends }: PassageTexts, index: number, marks: QueryMarks): void {
    const start = starts[index]
    const end = ends[index]
    const kind = start < end ? numbers[start] - FIRST_KIND : 0
    if (this.passages[row] < 2 || !IS_TITLE[kind]) return
    const surplus = KIND_WEIGHTS[kind] * (this.passages[row] - 1)
    for (let i = start + 1; i < end && numbers[i] !== SEGMENT_END; i++) {
      const slot = marks.byTerm[numbers[i] - FIRST_TERM] & SLOT_MASK
      if (slot !== 0) this.frequencies[row * this.stride + slot] -= surplus
    }
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
