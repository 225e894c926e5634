import type { Retrieve, Retrieved } from './retrieval.ts'

/** A search that has ended. */
export interface MeasuredSearch {
  readonly tookMs: number
  readonly hits: number
  /** The facts of its log line, without the query. */
  readonly facts: object
}

export interface MeasureOptions {
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
  readonly onSearch: (search: MeasuredSearch) => void
}

/** A retrieval function, possibly one that returns more than `Retrieve` does. */
type Search<Found extends Retrieved> = (...args: Parameters<Retrieve>) => Promise<Found>

/** Creates a wrapper for retrieval functions that reports each search. */
export function measureRetrieval({ now, onSearch }: MeasureOptions) {
  return <Found extends Retrieved>(search: Search<Found>, moreFacts?: (found: Found) => object): Search<Found> =>
    async (query, limit, options) => {
      const started = now()
      const found = await search(query, limit, options)
      const tookMs = now() - started
      const { passages, terms, scored } = found
      const facts = { function: 'search', query_chars: query.length, terms: terms.length, scored, ...moreFacts?.(found) }
      onSearch({ tookMs, hits: passages.length, facts: { ...facts, hits: passages.length, took_ms: tookMs } })
      return found
    }
}
