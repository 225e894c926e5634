import { BlockLists, type ListsContent } from './block-lists.ts'
import { type DocumentsContent, DocumentTable } from './document-table.ts'
import { type PassageUnit, UNIT_KINDS, UNIT_WEIGHTS } from './passage-segments.ts'
import { FIRST_TERM, SequenceStore, type SequencesContent, UNIT_END } from './sequence-store.ts'
import { withRoomFor } from './typed-arrays.ts'
import { Vocabulary, type VocabularyContent } from './vocabulary.ts'

/** Frequencies are stored in 16 bits; more than this adds nothing that could be seen in a score. */
const MAX_FREQUENCY = 0xffff
/** Fraction of a length that a block's bound resolves. */
const COST_SCALE = 256
/** In a sequence a unit begins with the place of its kind in `UNIT_KINDS`, counted from here. */
export const FIRST_KIND = 1

/** All that an index consists of, as plain arrays and numbers; the index's own, not copies. */
export interface IndexContent {
  readonly freePassages: readonly number[]
  readonly slots: number
  readonly additions: number
  readonly labels: number
  readonly labelWords: number
  readonly lengths: Uint32Array
  readonly ordinals: Uint32Array
  readonly successors: Uint32Array
  readonly owners: Uint32Array
  readonly added: Float64Array
  readonly vocabulary: VocabularyContent
  readonly documents: DocumentsContent
  readonly sequences: SequencesContent
  readonly postings: ListsContent
}

/**
 * The inverted index: for each term the passages it stands in, and for each passage its terms in order, so that it can be ranked closely, and taken out again
 * without its text. A passage is a small number, used again once it is gone. Every statistic is exact at all times, as if the index had just been
 * built. Adding costs time with the passage's terms while its number is the highest; with a number that is used again, as removing, also
 * with 1/128 of their document frequencies.
 */
export class PassageIndex {
  /** Lists of (passage, frequency) by term. A block's least cost is the least length per frequency in it, as `costToLength` tells. */
  readonly postings: BlockLists
  readonly sequences: SequenceStore
  readonly vocabulary: Vocabulary
  readonly documents: DocumentTable
  /** Passage numbers given out so far; those in use are below. */
  slots: number
  /** Weighted lengths by passage. */
  lengths: Uint32Array
  /** When each passage was added, as a count. */
  added: Float64Array
  /** The document's number by passage. */
  owners: Uint32Array
  /** Titles and headings, each counted with every passage below it. */
  labels: number
  /** The words in them. */
  labelWords: number
  readonly #freePassages: number[]
  #ordinals: Uint32Array
  /** The document's next passage, plus one; 0 after the last. */
  #successors: Uint32Array
  #additions: number
  #totalLength = 0

  constructor(content?: IndexContent) {
    this.vocabulary = new Vocabulary(content?.vocabulary)
    this.documents = new DocumentTable(content?.documents)
    this.sequences = new SequenceStore(content?.sequences)
    this.#freePassages = [...(content?.freePassages ?? [])]
    this.slots = content?.slots ?? 0
    this.labels = content?.labels ?? 0
    this.labelWords = content?.labelWords ?? 0
    this.lengths = content?.lengths ?? new Uint32Array(0)
    this.#ordinals = content?.ordinals ?? new Uint32Array(0)
    this.#successors = content?.successors ?? new Uint32Array(0)
    this.owners = content?.owners ?? new Uint32Array(0)
    this.added = content?.added ?? new Float64Array(0)
    this.#additions = content?.additions ?? 0
    this.postings = new BlockLists(
      (passage, frequency) => Math.min(Math.floor((COST_SCALE * this.lengths[passage]) / frequency), 0xffff_ffff),
      content?.postings,
    )
    for (let passage = 0; passage < this.slots; passage++) this.#totalLength += this.lengths[passage]
  }

  get passageCount(): number {
    return this.slots - this.#freePassages.length
  }

  get meanLength(): number {
    return this.#totalLength / this.passageCount
  }

  get content(): IndexContent {
    const { slots, labels, labelWords, lengths, owners, added, vocabulary, documents, sequences, postings } = this
    return {
      freePassages: this.#freePassages,
      slots,
      additions: this.#additions,
      labels,
      labelWords,
      lengths,
      ordinals: this.#ordinals,
      successors: this.#successors,
      owners,
      added,
      vocabulary: vocabulary.content,
      documents: documents.content,
      sequences: sequences.content,
      postings: postings.content,
    }
  }

  documentFrequency(term: string): number {
    const number = this.vocabulary.find(term)
    return number === undefined ? 0 : this.postings.count(number)
  }

  ordinal(passage: number): number {
    return this.#ordinals[passage]
  }

  /** The passage of the same document that follows in this index's own order; -1 after the last. */
  successor(passage: number): number {
    return this.#successors[passage] - 1
  }

  /** Adds a passage to a document, from its units. */
  add(documentId: string, ordinal: number, units: readonly PassageUnit[]): void {
    const { vocabulary } = this
    const passage = this.#freePassages.pop() ?? this.slots++
    this.#makeRoom()
    const sequence: number[] = []
    for (const { kind, terms } of units) {
      sequence.push(FIRST_KIND + UNIT_KINDS.indexOf(kind))
      for (const term of terms) sequence.push(FIRST_TERM + vocabulary.numberOf(term))
      sequence.push(UNIT_END)
    }
    const { frequencies, length } = weighSequence(sequence, sequence.length)
    this.lengths[passage] = length
    this.added[passage] = this.#additions++
    this.#ordinals[passage] = ordinal
    this.#totalLength += length
    this.sequences.write(passage, sequence)
    for (const term of [...frequencies.keys()].sort((a, b) => a - b)) {
      const frequency = Math.min(frequencies.get(term) ?? 0, MAX_FREQUENCY)
      this.postings.insert(term, passage, frequency)
      vocabulary.occurrences[term] += frequency
    }
    this.#countLabels(sequence, sequence.length, 1)
    const [first] = units
    const hasTitle = first !== undefined && TITLES.has(first.kind)
    const { document, next } = this.documents.prepend(documentId, passage, length, {
      length: hasTitle ? first.terms.length * UNIT_WEIGHTS[first.kind] : 0,
      name: hasTitle && first.kind !== 'id' && first.terms.length === 1 ? vocabulary.find(first.terms[0]) : undefined,
    })
    this.owners[passage] = document
    this.#successors[passage] = next + 1
  }

  /** Removes one passage of a document, and the document with its last; false where there is none. */
  removeOne(documentId: string): boolean {
    const document = this.documents.find(documentId)
    if (document === undefined) return false
    const { vocabulary, sequences } = this
    const passage = this.documents.firstPassage(document)
    const count = sequences.read(passage)
    const { frequencies } = weighSequence(sequences.numbers, count)
    this.#countLabels(sequences.numbers, count, -1)
    this.documents.removeFirst(document, this.successor(passage), this.lengths[passage])
    for (const [term, frequency] of frequencies) {
      vocabulary.occurrences[term] -= Math.min(frequency, MAX_FREQUENCY)
      this.postings.remove(term, passage)
      if (this.postings.count(term) === 0) vocabulary.forget(term)
    }
    sequences.remove(passage)
    this.#totalLength -= this.lengths[passage]
    this.lengths[passage] = 0
    this.#freePassages.push(passage)
    return true
  }

  /** Counts a passage's titles and headings in, or with -1 out. */
  #countLabels(sequence: ArrayLike<number>, count: number, sign: 1 | -1): void {
    const seen = new Set<number>()
    let isLabel = false
    for (let i = 0; i < count; i++) {
      const number = sequence[i]
      if (number === UNIT_END) seen.clear()
      else if (number < FIRST_TERM) {
        isLabel = LABELS.has(UNIT_KINDS[number - FIRST_KIND])
        if (isLabel) this.labels += sign
      } else if (isLabel) {
        this.labelWords += sign
        if (!seen.has(number)) this.vocabulary.labelFrequencies[number - FIRST_TERM] += sign
        seen.add(number)
      }
    }
  }

  #makeRoom(): void {
    this.lengths = withRoomFor(this.lengths, this.slots)
    this.added = withRoomFor(this.added, this.slots)
    this.owners = withRoomFor(this.owners, this.slots)
    this.#ordinals = withRoomFor(this.#ordinals, this.slots)
    this.#successors = withRoomFor(this.#successors, this.slots)
  }
}

const TITLES: ReadonlySet<string> = new Set(['id', 'title', 'title-question'])
const LABELS: ReadonlySet<string> = new Set(['title', 'title-question', 'heading', 'heading-question'])

/** A passage's bag of words from its sequence: the weighted frequency of each term, in order of their first places, and the weighted length. */
function weighSequence(sequence: ArrayLike<number>, count: number): { frequencies: Map<number, number>; length: number } {
  const frequencies = new Map<number, number>()
  let length = 0
  let weight = 1
  for (let i = 0; i < count; i++) {
    const number = sequence[i]
    if (number === UNIT_END) continue
    if (number < FIRST_TERM) weight = UNIT_WEIGHTS[UNIT_KINDS[number - FIRST_KIND]]
    else {
      const term = number - FIRST_TERM
      frequencies.set(term, (frequencies.get(term) ?? 0) + weight)
      length += weight
    }
  }
  return { frequencies, length }
}

/** A length per frequency from a block's least cost: no entry of the block has less. */
export function costToLength(cost: number): number {
  return cost / COST_SCALE
}
