/** What the engine indexes of a passage. */
export interface IndexedPassage {
  readonly ordinal: number
  readonly headings: readonly string[]
  readonly text: string
}

export interface SearchHit {
  readonly documentId: string
  readonly ordinal: number
  readonly score: number
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

export interface SearchOutcome {
  /** Best first; equal scores in the order in which the passages were added. */
  readonly hits: readonly SearchHit[]
  readonly terms: readonly QueryTerm[]
  /** How many passages were scored in full; the rest was pruned. */
  readonly scored: number
}

/** The search engine's port: what the rest of the house needs of a passage index, however it is made. */
export interface SearchEngine {
  /** The `limit` best passages for a query. Never throws on any text. */
  search(query: string, limit: number): SearchOutcome
  /** Replaces everything known of a document by these passages; none removes it. */
  replace(documentId: string, title: string, passages: readonly IndexedPassage[]): void
  readonly size: { readonly documents: number; readonly passages: number; readonly terms: number }
  /** The index as bytes, to be given to `loadSearchEngine`; `revision` is handed back on loading. */
  save(revision: number): Uint8Array
}
