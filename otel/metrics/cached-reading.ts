/** Half of Prometheus's default scrape timeout. */
const DEFAULT_TIMEOUT_MS = 5000

interface Reading<Value> {
  readonly value: Promise<Value>
  /** Time of `performance.now()`; undefined while pending. */
  settledAtMs: number | undefined
}

/**
 * Caches a reading for `ttlMs`, to share it among metrics and collectors. Rejects after `timeoutMs`
 * (default 5,000). While a reading hangs no other starts, so a disk that does not answer blocks one
 * thread only.
 */
export function cacheReading<Value>(
  read: () => Promise<Value>,
  ttlMs: number,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): () => Promise<Value> {
  let last: Reading<Value> | undefined

  function begin(): Reading<Value> {
    const reading = read()
    const begun: Reading<Value> = { value: withinTime(reading, timeoutMs), settledAtMs: undefined }
    const markSettled = () => {
      begun.settledAtMs = performance.now()
    }
    reading.then(markSettled, markSettled)
    return begun
  }

  return () => {
    const isOver = last?.settledAtMs !== undefined && performance.now() - last.settledAtMs > ttlMs
    if (last === undefined || isOver) last = begin()
    return last.value
  }
}

/** Returns the reading, or rejects after `timeoutMs` (default 5,000). */
export async function withinTime<Value>(reading: Promise<Value>, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Value> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no value within the timeout')), timeoutMs)
  return Promise.race([reading, timeout]).finally(() => clearTimeout(timer))
}
