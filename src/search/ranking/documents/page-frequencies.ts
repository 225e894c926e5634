import type { PassageIndex } from '../../index/passage-index.ts'
import { SeenNumbers } from './seen-numbers.ts'

/** For a term in more passages, the number of pages that contain it is estimated. */
const MAX_PASSAGES_COUNTED = 4096

/** Counts the pages that contain a term. Buffers are reused between queries. */
export class PageFrequencies {
  readonly #index: PassageIndex
  /** Documents, then pages. */
  readonly #seen = new SeenNumbers()

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
    this.#seen.begin(2 * slots)
    let pages = 0
    postings.forEachKey(term, passage => {
      const page = documents.page(owners[passage]!)
      if (this.#seen.add(page === undefined ? owners[passage]! : slots + page)) pages++
    })
    return pages
  }
}
