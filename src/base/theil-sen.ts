/** Points of a series; each pair of them gives a slope. */
const MAX_POINTS = 300
const DAY_MS = 86_400_000

/**
 * Growth of a value per day: the median of the slopes between all pairs of points (Theil–Sen),
 * which outliers do not change. Undefined with less than a day of points. Uses at most 300 points.
 * @param points Times in milliseconds, and values.
 */
export function growthPerDay(points: readonly (readonly [t: number, v: number])[]): number | undefined {
  const step = Math.max(1, Math.ceil(points.length / MAX_POINTS))
  const some = points.filter((_, i) => i % step === 0)
  const first = some[0]
  const last = some.at(-1)
  if (first === undefined || last === undefined || last[0] - first[0] < DAY_MS) return undefined
  const slopes = some.flatMap(([at, value], i) => some.slice(i + 1).map(([t, v]) => (v - value) / (t - at)))
  const sorted = slopes.toSorted((a, b) => a - b)
  return (sorted[Math.floor(sorted.length / 2)] ?? 0) * DAY_MS
}
