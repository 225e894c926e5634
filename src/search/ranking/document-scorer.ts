import type { DocumentPage } from '../index/document-table.ts'
import { FIRST_KIND, type PassageIndex } from '../index/passage-index.ts'
import { UNIT_KINDS, UNIT_WEIGHTS } from '../index/passage-segments.ts'
import { FIRST_TERM, UNIT_END } from '../index/sequence-store.ts'
import { type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { PlannedQuery, SoughtTerm } from '../query/query-terms.ts'
import type { FoundPassage } from './candidate-retrieval.ts'
import { LengthNorms, termFactor } from './word-score.ts'

/** What the query's words bring to a whole document, and to the page that it is a section of. */
export interface DocumentScore {
  readonly words: number
  readonly page: number
}

interface Tally {
  readonly document: number
  /** By the terms' slots, from 1: how often each stands in the document, as far as it was read. */
  readonly frequencies: Float64Array
  /** What was read of it: passages, and their weighted words, the title's once. */
  passages: number
  length: number
  score: number
}

/**
 * Of a longer document the candidates are read, and its other passages up to so many in all: those have little of the query, and there may be
 * thousands. It is scored as if it were no longer than what was read.
 */
const MAX_PASSAGES_READ = 4
/** Pages that are scored for a query: those of the best documents. */
const MAX_PAGES_READ = 64
/** Sections of a page that are read although they were not found, and counted as if the page had no others. */
const MAX_SECTIONS_READ = 32
/** Of a term in more passages it is estimated in how many pages it stands. */
const MAX_PASSAGES_COUNTED = 4096

const IS_TITLE = UNIT_KINDS.map(kind => kind === 'id' || kind.startsWith('title'))
const KIND_WEIGHTS = UNIT_KINDS.map(kind => UNIT_WEIGHTS[kind])

/** Scores documents as wholes by the words of a query: first their candidates are counted, as they are read, then what is missing. */
export class DocumentWords {
  readonly #index: PassageIndex
  readonly #marks: QueryMarks
  readonly #documentNorms = new LengthNorms()
  readonly #pageNorms = new LengthNorms()
  #sought: readonly SoughtTerm[] = []
  readonly #tallies = new Map<number, Tally>()
  #frequencies: Float64Array = new Float64Array(0)
  #isFirst = true
  #weight = 0

  constructor(index: PassageIndex, marks: QueryMarks) {
    this.#index = index
    this.#marks = marks
  }

  begin({ sought }: PlannedQuery): void {
    this.#sought = sought
    this.#tallies.clear()
  }

  /** The words that follow are those of this candidate. */
  beginPassage(passage: number): void {
    const document = this.#index.owners[passage]
    let tally = this.#tallies.get(document)
    if (tally === undefined) {
      tally = this.#emptyTally(document)
      this.#tallies.set(document, tally)
    }
    this.#begin(tally, passage)
  }

  /** The words that follow are those of a unit of this kind. The title counts once for a document. */
  beginUnit(kind: number): void {
    this.#weight = this.#isFirst || !IS_TITLE[kind] ? KIND_WEIGHTS[kind] : 0
  }

  /** A sought term stands here. */
  count(slot: number): void {
    this.#frequencies[slot] += this.#weight
  }

  /** For each candidate the scores of its document, once all candidates have been counted. */
  finish(candidates: readonly FoundPassage[], withPages: boolean): DocumentScore[] {
    const { documents, owners } = this.#index
    this.#readRest(candidates)
    const factors = Float64Array.from([0, ...this.#sought.map(({ factor }) => factor)])
    const norms = this.#documentNorms.fit(documents.meanLength)
    for (const tally of this.#tallies.values()) tally.score = wordScore(factors, tally.frequencies, norms.of(tally.length))
    const pages = withPages && documents.hasPages ? this.#pageScores() : undefined
    return candidates.map(({ passage }) => {
      const document = owners[passage]
      return { words: this.#tallies.get(document)?.score ?? 0, page: pages?.get(document) ?? 0 }
    })
  }

  /** Reads other passages of the documents, until enough of each are read. */
  #readRest(candidates: readonly FoundPassage[]): void {
    const { documents } = this.#index
    let read: Set<number> | undefined
    for (const tally of this.#tallies.values()) {
      const wanted = Math.min(documents.passageCount(tally.document), MAX_PASSAGES_READ)
      if (tally.passages >= wanted) continue
      read ??= new Set(candidates.map(({ passage }) => passage))
      for (
        let passage = documents.firstPassage(tally.document);
        tally.passages < wanted;
        passage = this.#index.successor(passage)
      )
        if (!read.has(passage)) this.#countPassage(passage, tally)
    }
  }

  #emptyTally(document: number): Tally {
    return { document, frequencies: new Float64Array(this.#sought.length + 1), passages: 0, length: 0, score: 0 }
  }

  #begin(tally: Tally, passage: number): void {
    const { documents, lengths } = this.#index
    this.#isFirst = tally.passages++ === 0
    tally.length += lengths[passage] - (this.#isFirst ? 0 : documents.titleLength(tally.document))
    this.#frequencies = tally.frequencies
  }

  #countPassage(passage: number, tally: Tally): void {
    const { sequences } = this.#index
    const marks = this.#marks.byTerm
    const length = sequences.read(passage)
    const { numbers } = sequences
    this.#begin(tally, passage)
    for (let i = 0; i < length; i++) {
      const number = numbers[i]
      if (number >= FIRST_TERM) {
        const slot = marks[number - FIRST_TERM] & SLOT_MASK
        if (slot !== 0) this.count(slot)
      } else if (number !== UNIT_END) this.beginUnit(number - FIRST_KIND)
    }
  }

  /** For each document that shares its page with others, what the query's words bring to the page. */
  #pageScores(): Map<number, number> {
    const { documents } = this.#index
    const norms = this.#pageNorms.fit(documents.meanPageLength)
    const factors = Float64Array.from([0, ...this.#sought.map(term => this.#pageFactor(term))])
    const scores = new Map<number, number>()
    let pages = 0
    for (const { document } of this.#tallies.values()) {
      const page = scores.has(document) ? undefined : documents.page(document)
      if (page === undefined || page.documents.size < 2) continue
      if (pages++ >= MAX_PAGES_READ) break
      const { frequencies, length } = this.#readPage(page)
      const score = wordScore(factors, frequencies, norms.of(length))
      for (const member of page.documents) if (this.#tallies.has(member)) scores.set(member, score)
    }
    return scores
  }

  /** As `SoughtTerm.factor`, over pages. */
  #pageFactor({ list, weight }: SoughtTerm): number {
    const { documents, vocabulary } = this.#index
    return weight * termFactor(documents.pageCount, this.#pageFrequency(list), vocabulary.occurrences[list])
  }

  /** In how many pages a term stands; of a frequent term, as many as would be expected if its passages lay in them at random. */
  #pageFrequency(term: number): number {
    const { documents, postings, owners } = this.#index
    const passages = postings.count(term)
    if (passages > MAX_PASSAGES_COUNTED) return -documents.pageCount * Math.expm1(-passages / documents.pageCount)
    const seen = new Set<DocumentPage | number>()
    postings.forEachKey(term, passage => seen.add(documents.page(owners[passage]) ?? owners[passage]))
    return seen.size
  }

  /** Its sections that are tallied, and of the others the first. */
  #readPage(page: DocumentPage): { readonly frequencies: Float64Array; readonly length: number } {
    const { documents, added } = this.#index
    const others = [...page.documents].filter(member => !this.#tallies.has(member))
    // In order of addition: that of their numbers, and of the set, depends on what the index held before.
    const age = (member: number) => added[documents.firstPassage(member)]
    if (others.length > MAX_SECTIONS_READ) others.sort((a, b) => age(a) - age(b))
    const frequencies = new Float64Array(this.#sought.length + 1)
    let length = 0
    const add = (section: Tally) => {
      for (let i = 0; i < frequencies.length; i++) frequencies[i] += section.frequencies[i]
      length += section.length
    }
    for (const member of page.documents) {
      const tally = this.#tallies.get(member)
      if (tally !== undefined) add(tally)
    }
    for (const member of others.slice(0, MAX_SECTIONS_READ)) {
      const tally = this.#emptyTally(member)
      this.#countPassage(documents.firstPassage(member), tally)
      add(tally)
    }
    return { frequencies, length }
  }
}

function wordScore(factors: Float64Array, frequencies: Float64Array, norm: number): number {
  let score = 0
  for (let i = 1; i < factors.length; i++) score += (factors[i] * frequencies[i]) / (frequencies[i] + norm)
  return score
}
