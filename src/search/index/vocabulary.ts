import { isStopTerm } from '../../text/analysis.ts'
import { termGrams } from '../../text/term-grams.ts'
import { BlockLists, type ListsContent } from './block-lists.ts'
import { NumberedNames } from './numbered-names.ts'
import { withRoomFor } from './typed-arrays.ts'

/** The vocabulary's content, for saving and loading. Arrays are shared, not copied. */
export interface VocabularyContent {
  /** Terms by number; '' if the number is free. */
  readonly terms: readonly string[]
  readonly freeTerms: readonly number[]
  readonly occurrences: Uint32Array
  readonly labelFrequencies: Uint32Array
  readonly grams: ListsContent
}

/**
 * The terms of an index, numbered, with their statistics. The numbers of removed terms are reused.
 */
export class Vocabulary {
  /** For each letter group (by hash) the terms that contain it. */
  readonly grams: BlockLists
  /** Number of occurrences of each term in all passages, weighted by field. */
  occurrences: Uint32Array
  /** Number of titles and headings that contain each term. */
  labelFrequencies: Uint32Array
  /** 1 for each term that is a stop word. */
  stopTerms: Uint8Array
  readonly #names: NumberedNames

  constructor(content?: VocabularyContent) {
    this.#names = new NumberedNames(content?.terms, content?.freeTerms)
    this.occurrences = content?.occurrences ?? new Uint32Array(0)
    this.labelFrequencies = content?.labelFrequencies ?? new Uint32Array(0)
    this.grams = new BlockLists(() => 0, content?.grams)
    this.stopTerms = new Uint8Array(this.occurrences.length)
    for (const [number, term] of this.#names.names.entries()) if (isStopTerm(term)) this.stopTerms[number] = 1
  }

  get content(): VocabularyContent {
    return {
      terms: this.#names.names,
      freeTerms: this.#names.free,
      occurrences: this.occurrences,
      labelFrequencies: this.labelFrequencies,
      grams: this.grams.content,
    }
  }

  get size(): number {
    return this.#names.size
  }

  /** The number of term numbers assigned so far; every number in use is lower. */
  get slots(): number {
    return this.#names.names.length
  }

  find(term: string): number | undefined {
    return this.#names.find(term)
  }

  term(number: number): string {
    return this.#names.names[number]
  }

  /** Returns the term's number, assigning one if needed. */
  numberOf(term: string): number {
    const known = this.#names.find(term)
    if (known !== undefined) return known
    const number = this.#names.add(term)
    this.occurrences = withRoomFor(this.occurrences, number + 1)
    this.labelFrequencies = withRoomFor(this.labelFrequencies, number + 1)
    this.stopTerms = withRoomFor(this.stopTerms, number + 1)
    this.stopTerms[number] = isStopTerm(term) ? 1 : 0
    for (const gram of termGrams(term)) this.grams.insert(gram, number, 1)
    return number
  }

  /** Removes a term that no passage contains any more. */
  forget(number: number): void {
    for (const gram of termGrams(this.term(number))) this.grams.remove(gram, number)
    this.#names.remove(number)
  }
}
