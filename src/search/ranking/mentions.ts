import type { PassageIndex } from '../index/passage-index.ts'
import { withRoomFor } from '../index/typed-arrays.ts'

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
   * the passages that have it.
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
    this.#count = this.#count === 0xffff_ffff ? 1 : this.#count + 1
    const count = this.#count
    this.#seenIn[except] = count
    let found = 0
    postings.forEachKey(term, passage => {
      const owner = owners[passage]
      if (found === MAX_MENTIONS || this.#seenIn[owner] === count) return
      this.#seenIn[owner] = count
      found++
    })
    return found
  }
}
