import type { Log } from '../logging/log.ts'
import type { Retrieve, Retrieved } from './retrieval.ts'

export interface MeasureOptions {
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
  readonly log: Pick<Log, 'debug'>
  readonly onSearch: (tookMs: number, hits: number) => void
}

/** A retrieval function, possibly one that returns more than `Retrieve` does. */
type Search<Found extends Retrieved> = (...args: Parameters<Retrieve>) => Promise<Found>

/**
 * Creates a wrapper for retrieval functions that logs each search, without the query, and reports
 * its duration.
 */
export function measureRetrieval({ now, log, onSearch }: MeasureOptions) {
  return <Found extends Retrieved>(search: Search<Found>, moreFacts?: (found: Found) => object): Search<Found> =>
    async (query, limit, options) => {
      const started = now()
      const found = await search(query, limit, options)
      const tookMs = now() - started
      const { passages, terms, scored } = found
      onSearch(tookMs, passages.length)
      const facts = { function: 'search', query_chars: query.length, terms: terms.length, scored, ...moreFacts?.(found) }
      log.debug({ ...facts, hits: passages.length, took_ms: tookMs }, 'Search completed')
      return found
    }
}
