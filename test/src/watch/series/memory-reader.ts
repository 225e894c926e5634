import { createMatcher } from '../../../../src/watch/series/matching.ts'
import type { Series, SeriesReader } from '../../../../src/watch/series/series.ts'

/** Reads series that are in memory, by metric. */
export function createMemoryReader(series: Readonly<Record<string, readonly Series[]>>): SeriesReader {
  return {
    read: (name, matchers, fromMs, toMs) =>
      (series[name] ?? [])
        .filter(({ labels }) => createMatcher(matchers)(labels))
        .flatMap(({ labels, points }) => {
          const inside = points.filter(({ t }) => t > fromMs && t <= toMs)
          return inside.length === 0 ? [] : { labels, points: inside }
        }),
  }
}
