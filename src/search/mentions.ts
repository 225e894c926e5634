import { HEAD, LIST_ROW } from './block-lists.ts'
import { EXTENT, LENGTH, NEXT } from './block-rows.ts'
import type { PassageIndex } from './passage-index.ts'
import { withRoomFor } from './typed-arrays.ts'

/** So many documents must name another until that counts. */
const FEW_MENTIONS = 30
/** More than these add nothing: a word that stands everywhere is rarely meant as a name. */
const MAX_MENTIONS = 100

/** Counts which documents are named by others. Its memory is kept from one query to the next. */
export class Mentions {
  readonly #index: PassageIndex
  /** By document: the count in which it was last seen. */
  #seenIn = new Uint32Array(0)
  #count = 0

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * Of a document whose title is a single word, not a stop word, how many other documents have that word, on a logarithmic scale. Costs time with
   * the passages that have it, until 100 documents are found.
   */
  score(document: number): number {
    const { documents, vocabulary } = this.#index
    const name = documents.name(document)
    if (name === undefined || vocabulary.stopTerms[name] === 1) return 0
    return Math.log1p(this.#documentsWith(name, document) / FEW_MENTIONS)
  }

  #documentsWith(term: number, except: number): number {
    const { documents, owners, postings } = this.#index
    const { blocks, lists, pool } = postings
    this.#seenIn = withRoomFor(this.#seenIn, documents.slots)
    this.#count = this.#count === 0xffff_ffff ? 1 : this.#count + 1
    const count = this.#count
    this.#seenIn[except] = count
    let found = 0
    for (let block = lists[term * LIST_ROW + HEAD]; block !== 0; block = blocks[block + NEXT]) {
      const extent = blocks[block + EXTENT]
      const keys = pool.keys[extent >>> 16]
      const first = extent & 0xffff
      const past = first + blocks[block + LENGTH]
      for (let i = first; i < past; i++) {
        const owner = owners[keys[i]]
        if (this.#seenIn[owner] === count) continue
        this.#seenIn[owner] = count
        if (++found === MAX_MENTIONS) return found
      }
    }
    return found
  }
}
