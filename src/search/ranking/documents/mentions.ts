import { HEAD, LIST_ROW } from '../../index/block-lists.ts'
import { EXTENT, LENGTH, NEXT } from '../../index/block-rows.ts'
import type { PassageIndex } from '../../index/passage-index.ts'
import { withRoomFor } from '../../index/typed-arrays.ts'

/** Scale of the score: with this many mentions, it is ln 2. */
const FEW_MENTIONS = 30
/** Further mentions are not counted: a word in that many documents is rarely meant as a name. */
const MAX_MENTIONS = 100

/**
 * Counts how many documents mention another document's title. Buffers are reused between queries.
 */
export class Mentions {
  readonly #index: PassageIndex
  /** By document: the number of the count in which it was last seen. */
  #seenIn = new Uint32Array(0)
  #count = 0

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * For a document whose title is a single word, not a stop word: the number of other documents
   * that contain the word, on a logarithmic scale. Takes time proportional to the passages that
   * contain it, up to 100 documents.
   */
  score(document: number): number {
    const { documents, vocabulary } = this.#index
    const name = documents.name(document)
    if (name === undefined || vocabulary.stopTerms[name] === 1) return 0
    return Math.log1p(this.#documentsWith(name, document) / FEW_MENTIONS)
  }

  #documentsWith(term: number, except: number): number {
    const { documents, owners, postings } = this.#index
    this.#seenIn = withRoomFor(this.#seenIn, documents.slots)
    if (this.#count === 0xffff_ffff) {
      this.#count = 0
      this.#seenIn.fill(0)
    }
    this.#count++
    const count = this.#count
    this.#seenIn[except] = count
    const { blocks, pool, lists } = postings
    let found = 0
    for (let block = lists[term * LIST_ROW + HEAD]; block !== 0 && found < MAX_MENTIONS; block = blocks[block + NEXT]) {
      const extent = blocks[block + EXTENT]
      const keys = pool.keys[extent >>> 16]
      const first = extent & 0xffff
      const end = first + blocks[block + LENGTH]
      for (let i = first; i < end && found < MAX_MENTIONS; i++) {
        const owner = owners[keys[i]]
        if (this.#seenIn[owner] === count) continue
        this.#seenIn[owner] = count
        found++
      }
    }
    return found
  }
}
