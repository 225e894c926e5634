import type { PassageIndex } from '../../index/passage-index.ts'
import { withRoomFor } from '../../index/typed-arrays.ts'

/** For a term in more passages, the number of pages that contain it is estimated. */
const MAX_PASSAGES_COUNTED = 4096

/** Counts the pages that contain a term. Buffers are reused between queries. */
export class PageFrequencies {
  readonly #index: PassageIndex
  /** By document, then by page: the number of the count in which it was last seen. */
  #seenIn = new Uint32Array(0)
  #count = 0

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * Number of pages that contain a term. For a frequent term: the expected number if its passages
   * were distributed at random.
   */
  of(term: number): number {
    const { documents, postings, owners } = this.#index
    const passages = postings.count(term)
    if (passages > MAX_PASSAGES_COUNTED) return -documents.pageCount * Math.expm1(-passages / documents.pageCount)
    const { slots } = documents
    this.#seenIn = withRoomFor(this.#seenIn, 2 * slots)
    if (this.#count === 0xffff_ffff) {
      this.#count = 0
      this.#seenIn.fill(0)
    }
    const count = ++this.#count
    let pages = 0
    postings.forEachKey(term, passage => {
      const page = documents.page(owners[passage])
      const place = page === undefined ? owners[passage] : slots + page
      if (this.#seenIn[place] === count) return
      this.#seenIn[place] = count
      pages++
    })
    return pages
  }
}
