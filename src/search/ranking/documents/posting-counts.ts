import { HEAD, LIST_ROW } from '../../index/block-lists.ts'
import { EXTENT, LAST_KEY, LENGTH, NEXT } from '../../index/block-rows.ts'
import type { PassageIndex } from '../../index/passage-index.ts'
import { lowerBound, withRoomFor } from '../../index/typed-arrays.ts'

/** Number of entries of a posting list that are scanned in the time of one lookup. */
const ENTRIES_PER_LOOKUP = 16

/**
 * Counts the terms of a query in a few passages by their posting lists: the passages' words are not
 * read. Buffers are reused between queries.
 */
export class PostingCounts {
  readonly #index: PassageIndex
  /** By passage: the row that its terms are counted in, plus 1; 0 for most. */
  #rowOf = new Uint16Array(0)
  /** The passages that have a row, in order of number if `#isSorted`. */
  #passages = new Uint32Array(256)
  #size = 0
  #isSorted = true

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /** Starts a query. */
  begin(): void {
    for (let i = 0; i < this.#size; i++) this.#rowOf[this.#passages[i]!] = 0
    this.#size = 0
    this.#rowOf = withRoomFor(this.#rowOf, this.#index.slots)
  }

  has(passage: number): boolean {
    return this.#rowOf[passage] !== 0
  }

  /** Adds a passage. Several passages can have the same row, below 65,535. */
  add(passage: number, row: number): void {
    this.#passages = withRoomFor(this.#passages, this.#size + 1)
    this.#passages[this.#size++] = passage
    this.#rowOf[passage] = row + 1
    this.#isSorted = false
  }

  /**
   * Adds the weighted frequencies of a term to `counts`, at `offset` plus `stride` times the row of
   * each passage.
   */
  count(list: number, counts: Float64Array, offset: number, stride: number): void {
    const isShort = this.#index.postings.count(list) <= ENTRIES_PER_LOOKUP * this.#size
    if (isShort) this.#scan(list, counts, offset, stride)
    else this.#lookUp(list, counts, offset, stride)
  }

  #scan(list: number, counts: Float64Array, offset: number, stride: number): void {
    const { blocks, pool, lists } = this.#index.postings
    const rowOf = this.#rowOf
    for (let block = lists[list * LIST_ROW + HEAD]!; block !== 0; block = blocks[block + NEXT]!) {
      const extent = blocks[block + EXTENT]!
      const keys = pool.keys[extent >>> 16]!
      const first = extent & 0xffff
      const end = first + blocks[block + LENGTH]!
      for (let i = first; i < end; i++) {
        const row = rowOf[keys[i]!]!
        if (row !== 0) counts[offset + stride * (row - 1)]! += pool.values[extent >>> 16]![i]!
      }
    }
  }

  #lookUp(list: number, counts: Float64Array, offset: number, stride: number): void {
    this.#sort()
    const { blocks, pool, lists } = this.#index.postings
    const rowOf = this.#rowOf
    const passages = this.#passages
    const size = this.#size
    let next = 0
    for (let block = lists[list * LIST_ROW + HEAD]!; block !== 0 && next < size; block = blocks[block + NEXT]!) {
      const last = blocks[block + LAST_KEY]!
      if (last < passages[next]!) continue
      const extent = blocks[block + EXTENT]!
      const keys = pool.keys[extent >>> 16]!
      const values = pool.values[extent >>> 16]!
      let at = extent & 0xffff
      const end = at + blocks[block + LENGTH]!
      for (; next < size && passages[next]! <= last; next++) {
        at = lowerBound(keys, at, end, passages[next]!)
        if (keys[at] === passages[next]) counts[offset + stride * (rowOf[passages[next]!]! - 1)]! += values[at]!
      }
    }
  }

  #sort(): void {
    if (!this.#isSorted) this.#passages.subarray(0, this.#size).sort()
    this.#isSorted = true
  }
}
