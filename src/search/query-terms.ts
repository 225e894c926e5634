import { analyse } from './analysis.ts'
import type { WeightedTerm } from './best-passages.ts'
import { idf, STOP_WORD_WEIGHT } from './bm25.ts'
import type { PassageIndex } from './passage-index.ts'
import type { QueryTerm } from './search-engine.ts'

/** What is read of a query, in UTF-16 units: some 2,500 words. The rest is left out. */
const MAX_QUERY_LENGTH = 16_384
/** Distinct terms that are looked up. Of more, those are left out that would add least to a score. */
const MAX_QUERY_TERMS = 64

export interface PlannedQuery {
  /** Each term once, in the order in which they first stand in the query. */
  readonly terms: readonly QueryTerm[]
  /** Those that stand in the index. */
  readonly weighted: readonly WeightedTerm[]
}

interface PlannedTerm {
  readonly shown: QueryTerm
  readonly list: number | undefined
  factor: number
}

/**
 * Reads a query against an index. A word that stands twice counts twice; a stop word counts half. Whatever the text, the cost is
 * bounded: of long ones the beginning is read, and of that at most 64 distinct terms are looked up.
 */
export function planQuery(query: string, index: PassageIndex): PlannedQuery {
  const distinct = new Map<string, PlannedTerm>()
  for (const { word, term, stopWord } of analyse(query.slice(0, MAX_QUERY_LENGTH))) {
    const weight = stopWord ? STOP_WORD_WEIGHT : 1
    let planned = distinct.get(term)
    if (planned === undefined) {
      const documentFrequency = index.documentFrequency(term)
      const shown = { word, term, documentFrequency, idf: idf(index.passageCount, documentFrequency), weight }
      planned = { shown, list: index.termNumber(term), factor: 0 }
      distinct.set(term, planned)
    }
    planned.factor += weight * planned.shown.idf
  }
  const kept = strongest([...distinct.values()])
  return {
    terms: kept.map(({ shown }) => shown),
    weighted: kept.flatMap(({ list, factor }) => (list === undefined ? [] : [{ list, factor }])),
  }
}

function strongest(planned: readonly PlannedTerm[]): readonly PlannedTerm[] {
  if (planned.length <= MAX_QUERY_TERMS) return planned
  const gain = ({ list, factor }: PlannedTerm) => (list === undefined ? 0 : factor)
  const kept = new Set(planned.toSorted((a, b) => gain(b) - gain(a)).slice(0, MAX_QUERY_TERMS))
  return planned.filter(term => kept.has(term))
}
