import type { PassageRef, StoredPassage } from '../knowledge/document.ts'
import type { Correction, QueryTerm, SearchEngine, SearchOptions } from './search-engine.ts'
import { analyse } from './text/analysis.ts'

/** A hit with its text. */
export interface RetrievedPassage extends StoredPassage {
  readonly score: number
}

export interface Retrieved {
  readonly passages: readonly RetrievedPassage[]
  readonly terms: readonly QueryTerm[]
  /** The words of the context that are not in the query. */
  readonly contextTerms: readonly QueryTerm[]
  /**
   * Words of the query that no passage contains, each with the word that replaces it, as the
   * passages write it.
   */
  readonly corrections: readonly WordCorrection[]
  readonly scored: number
}

export interface WordCorrection {
  readonly word: string
  readonly suggestion: string
}

/** The part of the document store that retrieval needs. */
export interface PassageReader {
  passages(refs: readonly PassageRef[]): Promise<readonly (StoredPassage | undefined)[]>
}

export type Retrieve = (query: string, limit: number, options?: SearchOptions) => Promise<Retrieved>

/**
 * Creates a function that searches and reads the hits' texts from the store. Passages removed in
 * between are skipped.
 */
export function createRetrieval(engine: Pick<SearchEngine, 'search'>, reader: PassageReader): Retrieve {
  return async (query, limit, options) => {
    const { hits, terms, contextTerms, corrections, scored } = engine.search(query, limit, options)
    const stored = await reader.passages(hits)
    const passages = hits.flatMap((hit, i) => {
      const passage = stored[i]
      return passage === undefined ? [] : [{ ...passage, score: hit.score }]
    })
    return { passages, terms, contextTerms, corrections: spellOut(corrections, passages), scored }
  }
}

/**
 * Replaces the stems of corrections by words as the passages write them. Drops corrections that no
 * passage contains.
 */
function spellOut(corrections: readonly Correction[], passages: readonly RetrievedPassage[]): WordCorrection[] {
  if (corrections.length === 0) return []
  const written = new Map<string, string>()
  for (const { title, headings, text } of passages) {
    for (const { term, word } of [title, ...headings, text].flatMap(analyse)) if (!written.has(term)) written.set(term, word)
  }
  return corrections.flatMap(({ word, term }) => {
    const suggestion = written.get(term)
    return suggestion === undefined ? [] : [{ word, suggestion }]
  })
}
