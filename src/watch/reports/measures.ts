import type { Matcher, Series, SeriesReader } from '../series/series.ts'

export interface Period {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

/** Requests of users: not those of probes. */
export const USERS: Matcher = { label: 'endpoint', op: '!~', value: '/health.*|/metrics' }
/** Requests that failed by a fault of the server. */
export const FAILED: Matcher = { label: 'status', op: '=', value: 'error' }
/** Messages to the chatbot. */
export const CHAT: Matcher = { label: 'endpoint', op: '=', value: '/chat' }

const HOUR_MS = 3_600_000

/** Increase of each series of a counter in a period. Stored counters never fall. */
export function increases(
  series: SeriesReader,
  metric: string,
  matchers: readonly Matcher[],
  { from, to }: Period,
): readonly { readonly labels: Series['labels']; readonly value: number }[] {
  return series.read(metric, matchers, from, to).map(({ labels, points }) => ({
    labels,
    value: (points.at(-1)?.v ?? 0) - (points[0]?.v ?? 0),
  }))
}

/** Increase of all series of a counter together; undefined without data. */
export function increase(series: SeriesReader, metric: string, matchers: readonly Matcher[], period: Period): number | undefined {
  const each = increases(series, metric, matchers, period)
  return each.length === 0 ? undefined : each.reduce((sum, { value }) => sum + value, 0)
}

/** Sums increases by one label, the largest first. */
export function byLabel(
  each: readonly { readonly labels: Series['labels']; readonly value: number }[],
  label: string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { labels, value } of each) sums.set(labels[label] ?? '', (sums.get(labels[label] ?? '') ?? 0) + value)
  return new Map([...sums].toSorted(([, a], [, b]) => b - a))
}

/**
 * Increase of a counter in each part of a period, by the time of the part's end. The last part ends
 * with the period.
 * @param partMs Its length; parts begin at multiples of it.
 */
export function increaseByTime(
  series: SeriesReader,
  metric: string,
  matchers: readonly Matcher[],
  { from, to }: Period,
  partMs: number,
): readonly (readonly [t: number, v: number])[] {
  const sums = new Map<number, number>()
  for (const { points } of series.read(metric, matchers, from, to))
    for (const [i, point] of points.entries()) {
      const before = points[i - 1]
      if (before === undefined) continue
      const end = Math.min(to, Math.ceil(point.t / partMs) * partMs)
      sums.set(end, (sums.get(end) ?? 0) + point.v - before.v)
    }
  return [...sums].toSorted(([a], [b]) => a - b)
}

/** Highest value of a gauge in each hour, over all its series. */
export function hourlyPeaks(
  series: SeriesReader,
  metric: string,
  { from, to }: Period,
): readonly (readonly [t: number, v: number])[] {
  const peaks = new Map<number, number>()
  for (const { points } of series.read(metric, [], from, to))
    for (const { t, v, max = v } of points) {
      const hour = Math.min(to, Math.ceil(t / HOUR_MS) * HOUR_MS)
      peaks.set(hour, Math.max(peaks.get(hour) ?? Number.NEGATIVE_INFINITY, max))
    }
  return [...peaks].toSorted(([a], [b]) => a - b)
}

/** Quantile of a histogram over a period; undefined without observations. */
export function quantileIn(
  series: SeriesReader,
  quantile: number,
  metric: string,
  matchers: readonly Matcher[],
  period: Period,
  interpolate: (quantile: number, buckets: readonly { bound: number; count: number }[]) => number | undefined,
): number | undefined {
  const counts = byLabel(increases(series, `${metric}_bucket`, matchers, period), 'le')
  return interpolate(
    quantile,
    [...counts].map(([le, count]) => ({ bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count })),
  )
}

/** The last value of a gauge, the highest of its series; undefined without data. */
export function lastOf(series: SeriesReader, metric: string, period: Period): number | undefined {
  const values = series.read(metric, [], period.from, period.to).flatMap(({ points }) => points.slice(-1).map(({ v }) => v))
  return values.length === 0 ? undefined : Math.max(...values)
}
