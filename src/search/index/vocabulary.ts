import { isStopTerm } from '../../text/analysis.ts'
import { termGrams } from '../../text/term-grams.ts'
import { BlockLists } from './block-lists.ts'
import type { IndexMemory } from './index-memory.ts'
import { NumberedNames } from './numbered-names.ts'

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
  readonly #memory: IndexMemory
  readonly #names: NumberedNames

  constructor(memory: IndexMemory) {
    this.#memory = memory
    this.#names = new NumberedNames(memory, 'terms')
    this.occurrences = memory.open('terms.occurrences', Uint32Array)
    this.labelFrequencies = memory.open('terms.labels', Uint32Array)
    this.stopTerms = memory.open('terms.stops', Uint8Array)
    this.grams = new BlockLists(memory, 'grams')
  }

  get size(): number {
    return this.#names.size
  }

  /** The number of term numbers assigned so far; every number in use is lower. */
  get slots(): number {
    return this.#names.slots
  }

  find(term: string): number | undefined {
    return this.#names.find(term)
  }

  term(number: number): string {
    return this.#names.name(number)
  }

  /** The length of a term in UTF-16 code units. */
  length(number: number): number {
    return this.#names.length(number)
  }

  /** Whether a term begins with these letters. */
  startsWith(number: number, beginning: string): boolean {
    return this.#names.startsWith(number, beginning)
  }

  /** Whether a term contains these letters. */
  includes(number: number, part: string): boolean {
    return this.#names.includes(number, part)
  }

  /** Returns the term's number, assigning one if needed. */
  numberOf(term: string): number {
    const known = this.#names.find(term)
    if (known !== undefined) return known
    const number = this.#names.add(term)
    this.occurrences = this.#memory.withRoom('terms.occurrences', this.occurrences, number + 1)
    this.labelFrequencies = this.#memory.withRoom('terms.labels', this.labelFrequencies, number + 1)
    this.stopTerms = this.#memory.withRoom('terms.stops', this.stopTerms, number + 1)
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
