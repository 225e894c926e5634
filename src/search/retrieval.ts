import type { Evidence } from '../chat/confidence.ts'
import type { PassageRef, StoredPassage } from '../knowledge/document.ts'
import type { QueryContext, QueryTerm, SearchEngine } from './search-engine.ts'

/** A passage that was found, with its text. */
export interface RetrievedPassage extends StoredPassage {
  readonly score: number
}

export interface Retrieved {
  readonly passages: readonly RetrievedPassage[]
  readonly terms: readonly QueryTerm[]
  readonly scored: number
  /** What speaks for it that the passages answer the query. */
  readonly evidence: Evidence
}

/** Judges passages by their text. */
export type WeighEvidence = (query: string, passages: readonly RetrievedPassage[]) => Evidence

/** The subset of the document store that retrieval needs. */
export interface PassageReader {
  passages(refs: readonly PassageRef[]): Promise<readonly (StoredPassage | undefined)[]>
}

export type Retrieve = (query: string, limit: number, context?: readonly QueryContext[]) => Promise<Retrieved>

/** Finds the best passages, reads their text from the store and weighs what it says; one that was removed meanwhile is left out. */
export function createRetrieval(engine: Pick<SearchEngine, 'search'>, reader: PassageReader, weigh: WeighEvidence): Retrieve {
  return async (query, limit, context) => {
    const { hits, terms, scored } = engine.search(query, limit, { context })
    const stored = await reader.passages(hits)
    const passages = hits.flatMap((hit, i) => {
      const passage = stored[i]
      return passage === undefined ? [] : [{ ...passage, score: hit.score }]
    })
    return { passages, terms, scored, evidence: weigh(query, passages) }
  }
}
