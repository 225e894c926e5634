import type { PassageAnalysis, TermMatches } from '../text/passages/passage-analysis.ts'

/** The parts of a passage that are indexed. */
export interface IndexedPassage {
  readonly ordinal: number
  readonly headings: readonly string[]
  readonly text: string
}

/** The contributions to a hit's score. None is negative. */
export interface ScoreParts {
  /** The query's words in the passage. */
  readonly words: number
  /** The query's words in the whole document. */
  readonly document: number
  /** The best title or heading; questions count more. */
  readonly title: number
  /** Adjacent words of the query that are adjacent in the passage. */
  readonly pairs: number
  /** Groups of four letters that words of the query and of the passage share. */
  readonly grams: number
  /** The best sentence, list item, table row or block of code. */
  readonly segment: number
  /** The query's words in other documents of the same page. */
  readonly page: number
  /** The number of other documents that contain this document's title, if it is a single word. */
  readonly mentions: number
}

export interface SearchHit {
  readonly documentId: string
  readonly ordinal: number
  /** The sum of the parts. */
  readonly score: number
  readonly parts: ScoreParts
  readonly analysis: PassageAnalysis
  /** Where the terms of `matchedTerms` are, by their index. */
  readonly matches: TermMatches
  /** The checksum of the text that was indexed and that `analysis` belongs to. */
  readonly checksum: number
}

/** A word of the query, with its statistics. */
export interface QueryTerm {
  /** The word as written, case-folded. */
  readonly word: string
  /** The word's stem, which is looked up. */
  readonly term: string
  /** Number of passages that contain the term. */
  readonly documentFrequency: number
  /** BM25's inverse document frequency, ln(1 + (N − df + ½) / (df + ½)). */
  readonly idf: number
  /** Share of its weight that the word keeps: 1, less for a stop word. */
  readonly weight: number
}

/** A word of the query that no passage contains, and the term that replaces it. */
export interface Correction {
  readonly word: string
  /** A stem, as in `QueryTerm`. */
  readonly term: string
}

export interface SearchOutcome {
  /** Best first; equal scores in the order in which the passages were added. */
  readonly hits: readonly SearchHit[]
  readonly terms: readonly QueryTerm[]
  /** The words of the context that are not in the query, each with the weight it was given. */
  readonly contextTerms: readonly QueryTerm[]
  readonly corrections: readonly Correction[]
  /** The distinct terms that were looked up. */
  readonly matchedTerms: readonly string[]
  /** Number of passages that got a full word score; the others were pruned. */
  readonly scored: number
}

/** Additional words for a query, such as those of an earlier question. */
export interface QueryContext {
  readonly text: string
  /**
   * Weight of these words relative to the query's own words, 0–1. Stop words and words of the query
   * itself add nothing.
   */
  readonly weight: number
}

export interface SearchOptions {
  readonly context?: readonly QueryContext[]
  /** Subjects, each as terms: passages that define one of them are found before others. */
  readonly defined?: readonly (readonly string[])[]
  /**
   * Whether the query is in search syntax: every hit contains `"quoted phrases"`, no hit contains a
   * `-word`, `source:text` restricts hits to documents whose id contains the text, and the last
   * word may be the beginning of a word. Default: false, every character is text.
   */
  readonly syntax?: boolean
}

/** The port to the search engine. */
export interface SearchEngine {
  /** Returns the `limit` best passages for a query. Never throws on any text. */
  search(query: string, limit: number, options?: SearchOptions): SearchOutcome
  /** Replaces all passages of a document. An empty list removes the document. */
  replace(documentId: string, title: string, passages: readonly IndexedPassage[]): void
  readonly size: { readonly documents: number; readonly passages: number; readonly terms: number }
}
