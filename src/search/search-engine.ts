/** What the engine indexes of a passage. */
export interface IndexedPassage {
  readonly ordinal: number
  readonly headings: readonly string[]
  readonly text: string
}

/** What each part of the ranking adds to a hit's score; none is below 0. */
export interface ScoreParts {
  /** The query's words in the passage. */
  readonly words: number
  /** The query's words in the whole document. */
  readonly document: number
  /** The title or heading that fits best; more where it is a question. */
  readonly title: number
  /** Neighbouring words of the query that stand side by side. */
  readonly pairs: number
  /** Groups of four letters that words of both share. */
  readonly grams: number
  /** The sentence or line that fits best. */
  readonly unit: number
  /** The query's words in other documents of the same page. */
  readonly page: number
  /** How many other documents have the single word that is the document's title. */
  readonly mentions: number
  /** The scores of the passages most like it. */
  readonly neighbours: number
}

export interface SearchHit {
  readonly documentId: string
  readonly ordinal: number
  /** The sum of the parts. */
  readonly score: number
  readonly parts: ScoreParts
}

/** A word of the query as the engine used it. */
export interface QueryTerm {
  /** The word as written, case-folded. */
  readonly word: string
  /** What was looked up: its stem. */
  readonly term: string
  /** In how many passages it stands. */
  readonly documentFrequency: number
  /** BM25's inverse document frequency, ln(1 + (N − df + ½) / (df + ½)). */
  readonly idf: number
  /** Share of its weight that it keeps: 1, less for a stop word. */
  readonly weight: number
}

/** A word of the query that stands nowhere, and the term that was looked up in its place. */
export interface Correction {
  readonly word: string
  /** A stem, as `QueryTerm` has them. */
  readonly term: string
}

export interface SearchOutcome {
  /** Best first; equal scores in the order in which the passages were added. */
  readonly hits: readonly SearchHit[]
  readonly terms: readonly QueryTerm[]
  readonly corrections: readonly Correction[]
  /** How many passages were scored in full by their words; the rest was pruned. */
  readonly scored: number
}

/** Words that a query takes on besides its own, such as those of an earlier question. */
export interface QueryContext {
  readonly text: string
  /** What its words count of what they would count in the query, 0–1. Stop words, and words that the query has itself, add nothing. */
  readonly weight: number
}

export interface SearchOptions {
  readonly context?: readonly QueryContext[]
  /**
   * Whether the query is written in search syntax: `"words in quotes"` stand side by side in every hit, a `-word` in none, `source:text` takes
   * only documents whose id has that text, and the last word may be the beginning of one. Default: false, every character is text.
   */
  readonly syntax?: boolean
}

/** The search engine's port: what the rest of the house needs of a passage index, however it is made. */
export interface SearchEngine {
  /** The `limit` best passages for a query. Never throws on any text. */
  search(query: string, limit: number, options?: SearchOptions): SearchOutcome
  /** Replaces everything known of a document by these passages; none removes it. */
  replace(documentId: string, title: string, passages: readonly IndexedPassage[]): void
  readonly size: { readonly documents: number; readonly passages: number; readonly terms: number }
  /** The index as bytes, to be given to `loadSearchEngine`; `revision` is handed back on loading. */
  save(revision: number): Uint8Array
}
