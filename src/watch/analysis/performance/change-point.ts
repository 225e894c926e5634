/** A time at which the level of a series changed. */
export interface ChangePoint {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly before: number
  readonly after: number
}

/** Points on each side that a change needs. */
const MIN_SIDE = 6
/** How many standard errors apart the two sides must be. */
const SIGNIFICANT = 6
/** How much of the level must change. */
const NOTABLE = 0.25

/**
 * Finds the time that divides a series best into two levels: the split with the largest difference
 * of means, in standard errors. Undefined if no split is significant. Quadratic in the number of
 * points.
 */
export function findChangePoint(points: readonly (readonly [at: number, value: number])[]): ChangePoint | undefined {
  let best: (ChangePoint & { readonly score: number }) | undefined
  for (let i = MIN_SIDE; i <= points.length - MIN_SIDE; i++) {
    const [left, right] = [describe(points.slice(0, i)), describe(points.slice(i))]
    const error = Math.sqrt(left.variance / left.count + right.variance / right.count)
    const difference = Math.abs(right.mean - left.mean)
    const score = error === 0 ? (difference > 0 ? Number.MAX_VALUE : 0) : difference / error
    if (score > (best?.score ?? SIGNIFICANT) && difference > NOTABLE * left.mean)
      best = { score, at: points[i]?.[0] ?? 0, before: left.mean, after: right.mean }
  }
  return best && { at: best.at, before: best.before, after: best.after }
}

function describe(points: readonly (readonly [number, number])[]) {
  const count = points.length
  const mean = points.reduce((sum, [, value]) => sum + value, 0) / count
  const variance = points.reduce((sum, [, value]) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1)
  return { count, mean, variance }
}
