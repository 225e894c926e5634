import type { PassageRef, StoredPassage } from '../knowledge/document.ts'
import type { QueryTerm, SearchEngine } from './search-engine.ts'

/** A passage that was found, with its text. */
export interface RetrievedPassage extends StoredPassage {
  readonly score: number
}

export interface Retrieved {
  readonly passages: readonly RetrievedPassage[]
  readonly terms: readonly QueryTerm[]
  readonly scored: number
}

/** The subset of the document store that retrieval needs. */
export interface PassageReader {
  passages(refs: readonly PassageRef[]): Promise<readonly (StoredPassage | undefined)[]>
}

export type Retrieve = (query: string, limit: number) => Promise<Retrieved>

/** Finds the best passages and reads their text from the store; one that was removed meanwhile is left out. */
export function createRetrieval(engine: SearchEngine, reader: PassageReader): Retrieve {
  return async (query, limit) => {
    const { hits, terms, scored } = engine.search(query, limit)
    const stored = await reader.passages(hits)
    const passages = hits.flatMap((hit, i) => {
      const passage = stored[i]
      return passage === undefined ? [] : [{ ...passage, score: hit.score }]
    })
    return { passages, terms, scored }
  }
}
