import { FIRST_KIND, type PassageIndex } from '../index/passage-index.ts'
import { SEGMENT_KINDS, SEGMENT_WEIGHTS } from '../index/passage-segments.ts'
import { FIRST_TERM, SEGMENT_END } from '../index/sequence-store.ts'
import { type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { LookupTerm, PlannedQuery } from '../query/query-terms.ts'
import type { Candidate } from './candidate-retrieval.ts'
import { LengthNorms, termFactor } from './word-score.ts'

/** The word scores of a whole document, and of the page that it is a section of. */
export interface DocumentScore {
  readonly words: number
  readonly page: number
}

interface Tally {
  readonly document: number
  /** By slot, from 1: weighted frequency of each term in the part of the document that was read. */
  readonly frequencies: Float64Array
  /**
   * What was read: the number of passages, and their weighted word count, the title counted once.
   */
  passages: number
  length: number
  score: number
}

/**
 * Of a longer document, the candidates are read, and other passages up to this number: those
 * contain little of the query, and there may be thousands. The document is scored as if it had only
 * these.
 */
const MAX_PASSAGES_READ = 4
/** Number of pages that are scored per query: those of the best documents. */
const MAX_PAGES_READ = 64
/** Sections of a page that are read in addition to those found. Further sections are ignored. */
const MAX_SECTIONS_READ = 32
/** For a term in more passages, the number of pages that contain it is estimated. */
const MAX_PASSAGES_COUNTED = 4096

const IS_TITLE = SEGMENT_KINDS.map(kind => kind === 'id' || kind.startsWith('title'))
const KIND_WEIGHTS = SEGMENT_KINDS.map(kind => SEGMENT_WEIGHTS[kind])

/**
 * Scores whole documents by the query's words: first the candidates are counted while they are
 * read, then the passages that are missing. `begin` discards everything about the query before.
 */
export class DocumentScorer {
  readonly #index: PassageIndex
  readonly #marks: QueryMarks
  readonly #documentNorms = new LengthNorms()
  readonly #pageNorms = new LengthNorms()
  #lookups: readonly LookupTerm[] = []
  readonly #tallies = new Map<number, Tally>()
  #frequencies: Float64Array = new Float64Array(0)
  #isFirst = true
  #weight = 0

  constructor(index: PassageIndex, marks: QueryMarks) {
    this.#index = index
    this.#marks = marks
  }

  begin({ lookups }: PlannedQuery): void {
    this.#lookups = lookups
    this.#tallies.clear()
  }

  /** Starts a candidate: the calls that follow are about its words. */
  beginPassage(passage: number): void {
    const document = this.#index.owners[passage]
    let tally = this.#tallies.get(document)
    if (tally === undefined) {
      tally = this.#emptyTally(document)
      this.#tallies.set(document, tally)
    }
    this.#begin(tally, passage)
  }

  /** Starts a segment of this kind. A document's title counts once. */
  beginSegment(kind: number): void {
    this.#weight = this.#isFirst || !IS_TITLE[kind] ? KIND_WEIGHTS[kind] : 0
  }

  /** Counts an occurrence of the term with this slot. */
  count(slot: number): void {
    this.#frequencies[slot] += this.#weight
  }

  /**
   * Returns the scores of each candidate's document. Call it after all candidates have been
   * counted.
   */
  finish(candidates: readonly Candidate[], withPages: boolean): DocumentScore[] {
    const { documents, owners } = this.#index
    this.#readRest(candidates)
    const factors = Float64Array.from([0, ...this.#lookups.map(({ factor }) => factor)])
    const norms = this.#documentNorms.fit(documents.meanLength)
    for (const tally of this.#tallies.values()) tally.score = wordScore(factors, tally.frequencies, norms.of(tally.length))
    const pages = withPages && documents.hasPages ? this.#pageScores() : undefined
    return candidates.map(({ passage }) => {
      const document = owners[passage]
      return { words: this.#tallies.get(document)?.score ?? 0, page: pages?.get(document) ?? 0 }
    })
  }

  /** Reads other passages of the documents until enough passages of each have been read. */
  #readRest(candidates: readonly Candidate[]): void {
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
    return { document, frequencies: new Float64Array(this.#lookups.length + 1), passages: 0, length: 0, score: 0 }
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
      } else if (number !== SEGMENT_END) this.beginSegment(number - FIRST_KIND)
    }
  }

  /** Scores the page of each document that shares its page with others. */
  #pageScores(): Map<number, number> {
    const { documents } = this.#index
    const norms = this.#pageNorms.fit(documents.meanPageLength)
    const factors = Float64Array.from([0, ...this.#lookups.map(term => this.#pageFactor(term))])
    const scores = new Map<number, number>()
    let pages = 0
    for (const { document } of this.#tallies.values()) {
      const page = scores.has(document) ? undefined : documents.page(document)
      if (page === undefined || documents.sectionCount(page) < 2) continue
      if (pages++ >= MAX_PAGES_READ) break
      const sections = documents.sections(page)
      const { frequencies, length } = this.#readSections(sections)
      const score = wordScore(factors, frequencies, norms.of(length))
      for (const member of sections) if (this.#tallies.has(member)) scores.set(member, score)
    }
    return scores
  }

  /** Like `LookupTerm.factor`, but computed over pages. */
  #pageFactor({ list, weight }: LookupTerm): number {
    const { documents, vocabulary } = this.#index
    return weight * termFactor(documents.pageCount, this.#pageFrequency(list), vocabulary.occurrences[list])
  }

  /**
   * Number of pages that contain a term. For a frequent term: the expected number if its passages
   * were distributed at random.
   */
  #pageFrequency(term: number): number {
    const { documents, postings, owners } = this.#index
    const passages = postings.count(term)
    if (passages > MAX_PASSAGES_COUNTED) return -documents.pageCount * Math.expm1(-passages / documents.pageCount)
    const seen = new Set<number>()
    postings.forEachKey(term, passage => {
      const page = documents.page(owners[passage])
      seen.add(page === undefined ? owners[passage] : -1 - page)
    })
    return seen.size
  }

  /**
   * Counts the words of a page: its sections among the candidates, then the first of its other
   * sections.
   */
  #readSections(sections: readonly number[]): { readonly frequencies: Float64Array; readonly length: number } {
    const { documents, added } = this.#index
    const others = sections.filter(member => !this.#tallies.has(member))
    // By order of addition: document numbers depend on the index's history.
    const age = (member: number) => added[documents.firstPassage(member)]
    if (others.length > MAX_SECTIONS_READ) others.sort((a, b) => age(a) - age(b))
    const frequencies = new Float64Array(this.#lookups.length + 1)
    let length = 0
    const add = (section: Tally) => {
      for (let i = 0; i < frequencies.length; i++) frequencies[i] += section.frequencies[i]
      length += section.length
    }
    for (const member of sections) {
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
