import type { Point } from './series.ts'

/** Past this share of the mean interval, a border of the window counts as outside of the series. */
const BORDER_SHARE = 1.1

/**
 * Increase of a counter in the window (`fromMs`, `toMs`], extrapolated to its borders as Prometheus
 * does. If the first point is near the beginning of the window, the series began before it, but not
 * below 0. Undefined with fewer than two points.
 */
export function increaseOf(points: readonly Point[], fromMs: number, toMs: number): number | undefined {
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined || points.length < 2) return undefined
  const increase = last.v - first.v
  const sampledMs = last.t - first.t
  const meanMs = sampledMs / (points.length - 1)
  const reach = (distanceMs: number) => (distanceMs < meanMs * BORDER_SHARE ? distanceMs : meanMs / 2)
  // A counter that grew this fast was 0 so long ago.
  const sinceZeroMs = increase > 0 && first.v >= 0 ? sampledMs * (first.v / increase) : Number.POSITIVE_INFINITY
  const beforeMs = reach(Math.min(first.t - fromMs, sinceZeroMs))
  return (increase * (sampledMs + beforeMs + reach(toMs - last.t))) / sampledMs
}

/**
 * Quantile (0–1) of a histogram whose buckets count up to their bound, interpolated linearly within
 * a bucket. Above the last finite bound it is that bound. Undefined without observations.
 */
export function histogramQuantile(
  quantile: number,
  buckets: readonly { readonly bound: number; readonly count: number }[],
): number | undefined {
  // Each bucket was extrapolated on its own: a larger one never counts less.
  let most = 0
  const sorted = buckets
    .toSorted((a, b) => a.bound - b.bound)
    .map(({ bound, count }) => {
      most = Math.max(most, count)
      return { bound, count: most }
    })
  const total = sorted.at(-1)?.count ?? 0
  if (total <= 0 || sorted.at(-1)?.bound !== Number.POSITIVE_INFINITY) return undefined
  const rank = quantile * total
  const index = sorted.findIndex(({ count }) => count >= rank)
  const found = sorted[index]
  const below = sorted[index - 1]
  if (found === undefined) return undefined
  if (found.bound === Number.POSITIVE_INFINITY) return below?.bound
  const start = below?.bound ?? Math.min(0, found.bound)
  const under = below?.count ?? 0
  const inside = found.count - under
  return inside === 0 ? start : start + (found.bound - start) * ((rank - under) / inside)
}
