import { BlockLists } from './block-lists.ts'
import { DocumentTable } from './document-table.ts'
import { IndexMemory } from './index-memory.ts'
import { type ReadPassage, SEGMENT_KINDS, SEGMENT_WEIGHTS } from './passage-segments.ts'
import { FIRST_KIND, FIRST_TERM, SEGMENT_END, SequenceStore } from './sequence-store.ts'
import { Vocabulary } from './vocabulary.ts'

/** Frequencies are stored in 16 bits; higher frequencies would not change a score noticeably. */
const MAX_FREQUENCY = 0xffff
/** Resolution of the costs in blocks: the smallest difference in length is 1/256. */
const COST_SCALE = 256
/**
 * Passage numbers assigned so far, the last free one plus 1, free ones, additions, titles and
 * headings, their words, and words in all.
 */
const [SLOTS, FREE, FREE_COUNT, ADDITIONS, LABEL_COUNT, LABEL_WORDS, TOTAL_LENGTH] = [0, 1, 2, 3, 4, 5, 6]

/**
 * The inverted index: the passages of each term, and the terms of each passage in order. The latter
 * are used to score candidates and to remove a passage without its text. Passages are numbered; the
 * numbers of removed passages are reused. All statistics are always exact, as if the index had just
 * been built. Adding takes time proportional to the passage's terms if its number is the highest.
 * Adding with a reused number, and removing, also take time proportional to 1/128 of the terms'
 * document frequencies.
 */
export class PassageIndex {
  /**
   * Posting lists by term: (passage, frequency). A block's cost is its lowest length per frequency;
   * see `costToLength`.
   */
  readonly postings: BlockLists
  readonly sequences: SequenceStore
  readonly vocabulary: Vocabulary
  readonly documents: DocumentTable
  /** Weighted word count of each passage. */
  lengths: Uint32Array
  /** Sequence number of each passage's addition. */
  added: Float64Array
  /** The number of each passage's document. */
  owners: Uint32Array
  readonly #memory: IndexMemory
  readonly #counters: Float64Array
  #ordinals: Uint32Array
  /** The next passage of the same document, or the next free number, plus 1; 0 after the last. */
  #successors: Uint32Array

  /** The index that is in this memory, or an empty one in new memory. */
  constructor(memory = new IndexMemory()) {
    this.#memory = memory
    this.vocabulary = new Vocabulary(memory)
    this.documents = new DocumentTable(memory)
    this.sequences = new SequenceStore(memory)
    this.#counters = memory.open('passages.counters', Float64Array, 7)
    this.lengths = memory.open('passages.lengths', Uint32Array)
    this.added = memory.open('passages.added', Float64Array)
    this.owners = memory.open('passages.owners', Uint32Array)
    this.#ordinals = memory.open('passages.ordinals', Uint32Array)
    this.#successors = memory.open('passages.successors', Uint32Array)
    this.postings = new BlockLists(memory, 'postings', (passage, frequency) =>
      Math.min(Math.floor((COST_SCALE * this.lengths[passage]!) / frequency), 0xffff_ffff),
    )
  }

  /** The number of passage numbers assigned so far; every number in use is lower. */
  get slots(): number {
    return this.#counters[SLOTS]!
  }

  /** Number of titles and headings, each counted once for every passage below it. */
  get labels(): number {
    return this.#counters[LABEL_COUNT]!
  }

  /** Number of words in titles and headings. */
  get labelWords(): number {
    return this.#counters[LABEL_WORDS]!
  }

  get passageCount(): number {
    return this.slots - this.#counters[FREE_COUNT]!
  }

  /** Weighted word count of all passages. */
  get totalLength(): number {
    return this.#counters[TOTAL_LENGTH]!
  }

  get meanLength(): number {
    return this.totalLength / this.passageCount
  }

  documentFrequency(term: string): number {
    const number = this.vocabulary.find(term)
    return number === undefined ? 0 : this.postings.count(number)
  }

  ordinal(passage: number): number {
    return this.#ordinals[passage]!
  }

  /** The next passage of the same document, in no particular order; -1 after the last. */
  successor(passage: number): number {
    return this.#successors[passage]! - 1
  }

  /** Adds a passage to a document. */
  add(documentId: string, ordinal: number, { segments, table, contentWords, checksum }: ReadPassage): void {
    const { vocabulary } = this
    const passage = this.#takeNumber()
    const sequence: number[] = []
    for (const { kind, terms } of segments) {
      sequence.push(FIRST_KIND + SEGMENT_KINDS.indexOf(kind))
      for (const term of terms) sequence.push(FIRST_TERM + vocabulary.numberOf(term))
      sequence.push(SEGMENT_END)
    }
    const { frequencies, length } = weighSequence(sequence, sequence.length)
    this.lengths[passage] = length
    this.added[passage] = this.#counters[ADDITIONS]!++
    this.#ordinals[passage] = ordinal
    this.#counters[TOTAL_LENGTH]! += length
    this.sequences.write(passage, sequence, { table, contentWords, checksum })
    for (const term of [...frequencies.keys()].sort((a, b) => a - b)) {
      const frequency = Math.min(frequencies.get(term) ?? 0, MAX_FREQUENCY)
      this.postings.insert(term, passage, frequency)
      vocabulary.occurrences[term]! += frequency
    }
    this.#countLabels(sequence, sequence.length, 1)
    const [first] = segments
    const hasTitle = first !== undefined && TITLES.has(first.kind)
    const name = hasTitle && first.terms.length === 1 ? vocabulary.find(first.terms[0]!) : undefined
    const { document, next } = this.documents.prepend(documentId, passage, name)
    this.owners[passage] = document
    this.#successors[passage] = next + 1
  }

  /**
   * Removes one passage of a document, and the document itself with its last passage. Returns false
   * for an unknown document.
   */
  removeOne(documentId: string): boolean {
    const document = this.documents.find(documentId)
    if (document === undefined) return false
    const { vocabulary, sequences } = this
    const passage = this.documents.firstPassage(document)
    const count = sequences.read(passage)
    const { frequencies } = weighSequence(sequences.numbers, count)
    this.#countLabels(sequences.numbers, count, -1)
    this.documents.removeFirst(document, this.successor(passage))
    for (const [term, frequency] of frequencies) {
      vocabulary.occurrences[term]! -= Math.min(frequency, MAX_FREQUENCY)
      this.postings.remove(term, passage)
      if (this.postings.count(term) === 0) vocabulary.forget(term)
    }
    sequences.remove(passage)
    this.#counters[TOTAL_LENGTH]! -= this.lengths[passage]!
    this.lengths[passage] = 0
    this.#successors[passage] = this.#counters[FREE]!
    this.#counters[FREE] = passage + 1
    this.#counters[FREE_COUNT]!++
    return true
  }

  /** Adds a passage's titles and headings to the statistics, or subtracts them with -1. */
  #countLabels(sequence: ArrayLike<number>, count: number, sign: 1 | -1): void {
    const seen = new Set<number>()
    let isLabel = false
    for (let i = 0; i < count; i++) {
      const number = sequence[i]!
      if (number === SEGMENT_END) seen.clear()
      else if (number < FIRST_TERM) {
        isLabel = LABELS.has(SEGMENT_KINDS[number - FIRST_KIND]!)
        if (isLabel) this.#counters[LABEL_COUNT]! += sign
      } else if (isLabel) {
        this.#counters[LABEL_WORDS]! += sign
        if (!seen.has(number)) this.vocabulary.labelFrequencies[number - FIRST_TERM]! += sign
        seen.add(number)
      }
    }
  }

  #takeNumber(): number {
    const counters = this.#counters
    if (counters[FREE_COUNT]! > 0) {
      const passage = counters[FREE]! - 1
      counters[FREE] = this.#successors[passage]!
      counters[FREE_COUNT]!--
      return passage
    }
    const slots = ++counters[SLOTS]!
    const memory = this.#memory
    this.lengths = memory.withRoom('passages.lengths', this.lengths, slots)
    this.added = memory.withRoom('passages.added', this.added, slots)
    this.owners = memory.withRoom('passages.owners', this.owners, slots)
    this.#ordinals = memory.withRoom('passages.ordinals', this.#ordinals, slots)
    this.#successors = memory.withRoom('passages.successors', this.#successors, slots)
    return slots - 1
  }
}

const TITLES: ReadonlySet<string> = new Set(['title', 'title-question'])
const LABELS: ReadonlySet<string> = new Set(['title', 'title-question', 'heading', 'heading-question'])

/**
 * Computes a passage's bag of words: the weighted frequency of each term, in order of first
 * occurrence, and the weighted length. The term of a definition is no word of the text.
 */
function weighSequence(sequence: ArrayLike<number>, count: number): { frequencies: Map<number, number>; length: number } {
  const frequencies = new Map<number, number>()
  let length = 0
  let weight = 1
  let isDefined = false
  for (let i = 0; i < count; i++) {
    const number = sequence[i]!
    if (number === SEGMENT_END) continue
    if (number < FIRST_TERM) {
      const kind = SEGMENT_KINDS[number - FIRST_KIND]!
      weight = SEGMENT_WEIGHTS[kind]
      isDefined = kind === 'defined'
    } else {
      const term = number - FIRST_TERM
      frequencies.set(term, (frequencies.get(term) ?? 0) + weight)
      if (!isDefined) length += weight
    }
  }
  return { frequencies, length }
}

/**
 * Converts a block's cost to a length per frequency, which is a lower bound for all entries of the
 * block.
 */
export function costToLength(cost: number): number {
  return cost / COST_SCALE
}
