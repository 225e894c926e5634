import { BlockLists, type ListsContent } from './block-lists.ts'
import { withRoomFor } from './typed-arrays.ts'

/** Frequencies are stored in 16 bits; more than this adds nothing that could be seen in a score. */
const MAX_FREQUENCY = 0xffff
/** Fraction of a length that a block's bound resolves. */
const COST_SCALE = 256

/** All that an index consists of, as plain arrays and numbers; the index's own, not copies. */
export interface IndexContent {
  /** Terms by number, '' where the number is free. */
  readonly terms: readonly string[]
  readonly freeTerms: readonly number[]
  /** Document ids in order of addition, each with the first of its passages. */
  readonly documents: readonly (readonly [string, number])[]
  readonly freePassages: readonly number[]
  readonly slots: number
  readonly additions: number
  readonly lengths: Uint32Array
  readonly ordinals: Uint32Array
  readonly successors: Uint32Array
  readonly added: Float64Array
  readonly postings: ListsContent
  readonly vectors: ListsContent
}

/**
 * The inverted index: for each term the passages it stands in, and for each passage its terms, so that it can be taken out again without its text.
 * A passage is a small number, used again once it is gone. Every statistic is exact at all times, as if the index had just been built.
 * Adding costs time with the passage's distinct terms; removing also with 1/128 of their document frequencies.
 */
export class PassageIndex {
  /** Lists of (passage, frequency) by term. A block's least cost is the least length per frequency in it, as `costToLength` tells. */
  readonly postings: BlockLists
  /** Lists of (term, frequency) by passage. */
  readonly #vectors: BlockLists
  readonly #termNumbers: Map<string, number>
  readonly #terms: string[]
  readonly #freeTerms: number[]
  readonly #firstPassages: Map<string, number>
  readonly #documentIds: string[] = []
  readonly #freePassages: number[]
  /** Passage numbers given out so far; those in use are below. */
  slots: number
  /** Weighted lengths by passage. */
  lengths: Uint32Array
  /** When each passage was added, as a count. */
  added: Float64Array
  #ordinals: Uint32Array
  /** The document's next passage, plus one; 0 after the last. */
  #successors: Uint32Array
  #additions: number
  #totalLength = 0

  constructor(content?: IndexContent) {
    this.#terms = [...(content?.terms ?? [])]
    this.#freeTerms = [...(content?.freeTerms ?? [])]
    this.#termNumbers = new Map()
    for (const [number, term] of this.#terms.entries()) if (term !== '') this.#termNumbers.set(term, number)
    this.#firstPassages = new Map(content?.documents)
    this.#freePassages = [...(content?.freePassages ?? [])]
    this.slots = content?.slots ?? 0
    this.lengths = content?.lengths ?? new Uint32Array(0)
    this.#ordinals = content?.ordinals ?? new Uint32Array(0)
    this.#successors = content?.successors ?? new Uint32Array(0)
    this.added = content?.added ?? new Float64Array(0)
    this.#additions = content?.additions ?? 0
    this.postings = new BlockLists(
      (passage, frequency) => Math.min(Math.floor((COST_SCALE * this.lengths[passage]) / frequency), 0xffff_ffff),
      content?.postings,
    )
    this.#vectors = new BlockLists(() => 0, content?.vectors)
    for (const [id, first] of this.#firstPassages) {
      for (const passage of this.#passagesFrom(first)) {
        this.#documentIds[passage] = id
        this.#totalLength += this.lengths[passage]
      }
    }
  }

  get documentCount(): number {
    return this.#firstPassages.size
  }

  get passageCount(): number {
    return this.slots - this.#freePassages.length
  }

  get termCount(): number {
    return this.#termNumbers.size
  }

  get meanLength(): number {
    return this.#totalLength / this.passageCount
  }

  get content(): IndexContent {
    return {
      terms: this.#terms,
      freeTerms: this.#freeTerms,
      documents: [...this.#firstPassages],
      freePassages: this.#freePassages,
      slots: this.slots,
      additions: this.#additions,
      lengths: this.lengths,
      ordinals: this.#ordinals,
      successors: this.#successors,
      added: this.added,
      postings: this.postings.content,
      vectors: this.#vectors.content,
    }
  }

  termNumber(term: string): number | undefined {
    return this.#termNumbers.get(term)
  }

  documentFrequency(term: string): number {
    const number = this.#termNumbers.get(term)
    return number === undefined ? 0 : this.postings.count(number)
  }

  /** What a passage is part of, and where in it. */
  locate(passage: number): { readonly documentId: string; readonly ordinal: number } {
    return { documentId: this.#documentIds[passage], ordinal: this.#ordinals[passage] }
  }

  /** Adds a passage to a document, from the weighted frequencies of its terms. */
  add(documentId: string, ordinal: number, frequencies: ReadonlyMap<string, number>, length: number): void {
    const passage = this.#freePassages.pop() ?? this.slots++
    this.#makeRoom()
    this.lengths[passage] = length
    this.added[passage] = this.#additions++
    this.#ordinals[passage] = ordinal
    this.#successors[passage] = (this.#firstPassages.get(documentId) ?? -1) + 1
    this.#firstPassages.set(documentId, passage)
    this.#documentIds[passage] = documentId
    this.#totalLength += length

    const numbered = [...frequencies].map(
      ([term, frequency]) => [this.#numberOf(term), Math.min(frequency, MAX_FREQUENCY)] as const,
    )
    for (const [term, frequency] of numbered.sort(([a], [b]) => a - b)) {
      this.postings.insert(term, passage, frequency)
      this.#vectors.insert(passage, term, frequency)
    }
  }

  /** Removes one passage of a document, and the document with its last; false where there is none. */
  removeOne(documentId: string): boolean {
    const passage = this.#firstPassages.get(documentId)
    if (passage === undefined) return false
    for (const term of this.#vectors.keys(passage)) {
      this.postings.remove(term, passage)
      if (this.postings.count(term) === 0) this.#forget(term)
    }
    this.#vectors.clear(passage)
    this.#totalLength -= this.lengths[passage]
    this.#freePassages.push(passage)
    const next = this.#successors[passage]
    if (next === 0) this.#firstPassages.delete(documentId)
    else this.#firstPassages.set(documentId, next - 1)
    return true
  }

  #passagesFrom(first: number): number[] {
    const passages: number[] = []
    for (let next = first + 1; next !== 0; next = this.#successors[next - 1]) passages.push(next - 1)
    return passages
  }

  #makeRoom(): void {
    this.lengths = withRoomFor(this.lengths, this.slots)
    this.added = withRoomFor(this.added, this.slots)
    this.#ordinals = withRoomFor(this.#ordinals, this.slots)
    this.#successors = withRoomFor(this.#successors, this.slots)
  }

  #numberOf(term: string): number {
    const known = this.#termNumbers.get(term)
    if (known !== undefined) return known
    const number = this.#freeTerms.pop() ?? this.#terms.length
    this.#terms[number] = term
    this.#termNumbers.set(term, number)
    return number
  }

  #forget(term: number): void {
    this.#termNumbers.delete(this.#terms[term])
    this.#terms[term] = ''
    this.#freeTerms.push(term)
  }
}

/** A length per frequency from a block's least cost: no entry of the block has less. */
export function costToLength(cost: number): number {
  return cost / COST_SCALE
}
