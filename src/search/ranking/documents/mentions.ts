import { HEAD, LIST_ROW } from '../../index/block-lists.ts'
import { EXTENT, LENGTH, NEXT } from '../../index/block-rows.ts'
import type { PassageIndex } from '../../index/passage-index.ts'
import { SeenNumbers } from './seen-numbers.ts'

/** Scale of the score: with this many mentions, it is ln 2. */
const FEW_MENTIONS = 30
/** Further mentions are not counted: a word in that many documents is rarely meant as a name. */
const MAX_MENTIONS = 100

/**
 * Counts how many documents mention another document's title. Buffers are reused between queries.
 */
export class Mentions {
  readonly #index: PassageIndex
  /** Documents. */
  readonly #seen = new SeenNumbers()

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
    this.#seen.begin(documents.slots)
    this.#seen.add(except)
    const { blocks, pool, lists } = postings
    let found = 0
    for (let block = lists[term * LIST_ROW + HEAD]!; block !== 0 && found < MAX_MENTIONS; block = blocks[block + NEXT]!) {
      const extent = blocks[block + EXTENT]!
      const keys = pool.keys[extent >>> 16]!
      const first = extent & 0xffff
      const end = first + blocks[block + LENGTH]!
      for (let i = first; i < end && found < MAX_MENTIONS; i++) if (this.#seen.add(owners[keys[i]!]!)) found++
    }
    return found
  }
}
