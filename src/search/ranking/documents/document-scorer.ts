import type { PassageIndex } from '../../index/passage-index.ts'
import { withRoomFor } from '../../index/typed-arrays.ts'
import type { LookupTerm } from '../../query/query-terms.ts'
import { LengthNorms, termFactor } from '../../word-score.ts'
import { DocumentTallies } from './document-tallies.ts'
import { PageFrequencies } from './page-frequencies.ts'

/**
 * Of a longer document, the candidates are counted, and other passages up to this number: those
 * contain little of the query, and there may be thousands. The document is scored as if it had only
 * these.
 */
const MAX_PASSAGES_COUNTED = 4
/** Number of pages that are scored per query: those of the best documents. */
const MAX_PAGES_COUNTED = 64
/** Sections of a page that are counted in addition to those found. Further sections are ignored. */
const MAX_SECTIONS_COUNTED = 32

/** The documents of a page that are counted, as rows of the tallies. */
type Page = readonly number[]

/**
 * Scores whole documents, and the pages that they are sections of, by the query's words. Buffers
 * are reused between queries.
 */
export class DocumentScorer {
  /** By candidate, after `score`: the word scores of its document and of its page. */
  words = new Float64Array(0)
  pages = new Float64Array(0)
  readonly #index: PassageIndex
  readonly #tallies: DocumentTallies
  readonly #pageFrequencies: PageFrequencies
  readonly #documentNorms = new LengthNorms()
  readonly #pageNorms = new LengthNorms()
  /** By row: the scores of the document and of its page. */
  #wordScores = new Float64Array(0)
  #pageScores = new Float64Array(0)
  /** By slot. */
  #factors = new Float64Array(1)

  constructor(index: PassageIndex) {
    this.#index = index
    this.#tallies = new DocumentTallies(index)
    this.#pageFrequencies = new PageFrequencies(index)
  }

  /** Scores the documents of the first `count` of these passages. */
  score(lookups: readonly LookupTerm[], passages: Uint32Array, count: number, withPages: boolean): void {
    const { documents, owners } = this.#index
    const tallies = this.#tallies
    tallies.begin(lookups)
    for (let i = 0; i < count; i++) tallies.add(passages[i]!)
    const found = tallies.size
    this.#addMissing(found)
    const pages = withPages && documents.hasPages ? this.#addSections(found) : []
    tallies.count()
    this.#scoreRows(lookups, found)
    this.#scorePages(lookups, pages)
    this.words = withRoomFor(this.words, count)
    this.pages = withRoomFor(this.pages, count)
    for (let i = 0; i < count; i++) {
      const row = tallies.rowOf(owners[passages[i]!]!)
      this.words[i] = this.#wordScores[row]!
      this.pages[i] = this.#pageScores[row]!
    }
  }

  /** Adds other passages of the documents until enough passages of each are counted. */
  #addMissing(rows: number): void {
    const { documents } = this.#index
    const tallies = this.#tallies
    for (let row = 0; row < rows; row++) {
      const document = tallies.documents[row]!
      const wanted = Math.min(documents.passageCount(document), MAX_PASSAGES_COUNTED)
      if (tallies.passages[row]! >= wanted) continue
      let passage = documents.firstPassage(document)
      for (; tallies.passages[row]! < wanted; passage = this.#index.successor(passage))
        if (!tallies.has(passage)) tallies.add(passage)
    }
  }

  /** Adds the other sections of the pages that the documents are sections of. */
  #addSections(rows: number): Page[] {
    const { documents } = this.#index
    const tallies = this.#tallies
    const pages: Page[] = []
    const seen = new Set<number>()
    for (let row = 0; row < rows; row++) {
      const page = documents.page(tallies.documents[row]!)
      if (page === undefined || seen.has(page) || documents.sectionCount(page) < 2) continue
      if (seen.size >= MAX_PAGES_COUNTED) break
      seen.add(page)
      const sections = documents.sections(page)
      const found = sections.map(section => tallies.rowOf(section)).filter(known => known >= 0)
      const others = this.#oldest(sections.filter(section => tallies.rowOf(section) < 0))
      pages.push([...found, ...others.map(section => tallies.add(documents.firstPassage(section)))])
    }
    return pages
  }

  /** By order of addition: document numbers depend on the index's history. */
  #oldest(sections: number[]): readonly number[] {
    const { documents, added } = this.#index
    if (sections.length <= MAX_SECTIONS_COUNTED) return sections
    const age = (section: number) => added[documents.firstPassage(section)]!
    return sections.sort((a, b) => age(a) - age(b)).slice(0, MAX_SECTIONS_COUNTED)
  }

  #scoreRows(lookups: readonly LookupTerm[], rows: number): void {
    const { lengths, frequencies, stride } = this.#tallies
    const { documents, totalLength } = this.#index
    const norms = this.#documentNorms.fit(totalLength / documents.size)
    this.#factors = withRoomFor(this.#factors, stride)
    for (let i = 0; i < lookups.length; i++) this.#factors[i + 1] = lookups[i]!.factor
    this.#wordScores = withRoomFor(this.#wordScores, this.#tallies.size)
    this.#pageScores = withRoomFor(this.#pageScores, this.#tallies.size)
    this.#pageScores.fill(0, 0, rows)
    for (let row = 0; row < rows; row++)
      this.#wordScores[row] = this.#wordScore(frequencies, row * stride, norms.of(lengths[row]!))
  }

  #scorePages(lookups: readonly LookupTerm[], pages: readonly Page[]): void {
    if (pages.length === 0) return
    const { documents, totalLength, vocabulary } = this.#index
    const { lengths, frequencies, stride } = this.#tallies
    const norms = this.#pageNorms.fit(totalLength / documents.pageCount)
    // Like `LookupTerm.factor`, but computed over pages.
    for (const [i, { list, weight }] of lookups.entries()) {
      const pageFrequency = this.#pageFrequencies.of(list)
      this.#factors[i + 1] = weight * termFactor(documents.pageCount, pageFrequency, vocabulary.occurrences[list]!)
    }
    const sums = new Float64Array(stride)
    for (const rows of pages) {
      sums.fill(0)
      let length = 0
      for (const row of rows) {
        for (let slot = 1; slot < stride; slot++) sums[slot]! += frequencies[row * stride + slot]!
        length += lengths[row]!
      }
      const score = this.#wordScore(sums, 0, norms.of(length))
      for (const row of rows) this.#pageScores[row] = score
    }
  }

  /** The score of the frequencies from an offset on. */
  #wordScore(frequencies: Float64Array, offset: number, norm: number): number {
    const factors = this.#factors
    const slots = this.#tallies.stride
    let score = 0
    for (let slot = 1; slot < slots; slot++) {
      const frequency = frequencies[offset + slot]!
      if (frequency > 0) score += (factors[slot]! * frequency) / (frequency + norm)
    }
    return score
  }
}
