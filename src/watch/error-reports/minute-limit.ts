const MINUTE_MS = 60_000

/**
 * Creates a function that admits at most `max` calls in any minute, and returns whether it did.
 *
 * @param now Monotonic clock, in milliseconds.
 */
export function createMinuteLimit(max: number, now: () => number): () => boolean {
  const admittedAt = new Float64Array(max).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  return () => {
    const at = now()
    if (at - (admittedAt[oldest] ?? 0) < MINUTE_MS) return false
    admittedAt[oldest] = at
    oldest = (oldest + 1) % max
    return true
  }
}
