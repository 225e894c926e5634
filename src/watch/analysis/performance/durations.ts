/** Buckets grow by 5 %, so a quantile is exact to 5 %. */
const GROWTH = Math.log(1.05)
const SMALLEST_MS = 0.1

/**
 * Counts durations in buckets. Memory: one number for each bucket that occurs, about 250 at most.
 */
export function createDurations() {
  const buckets = new Map<number, number>()
  let total = 0
  return {
    add(ms: number): void {
      const bucket = Math.ceil(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / GROWTH)
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      total++
    },
    get count(): number {
      return total
    },
    /**
     * The value (ms) that this share (0–1) of the durations does not exceed; undefined without any.
     */
    quantile(share: number): number | undefined {
      let below = 0
      for (const [bucket, count] of [...buckets].toSorted(([a], [b]) => a - b)) {
        below += count
        if (below >= share * total) return SMALLEST_MS * Math.exp(bucket * GROWTH)
      }
      return undefined
    },
  }
}
