/** Half of what Prometheus waits for a scrape by default. */
const DEFAULT_TIMEOUT_MS = 5000

interface Reading<Value> {
  readonly value: Promise<Value>
  /** By `performance.now()`; undefined while it is under way. */
  settledAtMs: number | undefined
}

/**
 * Makes of a reading one that is done anew only when it is asked for and the last has been there for longer than `ttlMs`: metrics that are read
 * from the same place share it, and so do all who collect them. A reading rejects that takes longer than `timeoutMs`, 5,000 by default; while it
 * hangs no other is begun, so that a disk which does not answer takes one thread of the process and not all.
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
    const settle = () => {
      begun.settledAtMs = performance.now()
    }
    reading.then(settle, settle)
    return begun
  }

  return () => {
    const isOver = last?.settledAtMs !== undefined && performance.now() - last.settledAtMs > ttlMs
    if (last === undefined || isOver) last = begin()
    return last.value
  }
}

/** The same reading, which rejects if it takes longer than so many milliseconds, 5,000 by default. */
export async function withinTime<Value>(reading: Promise<Value>, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Value> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no reading in time')), timeoutMs)
  return Promise.race([reading, timeout]).finally(() => clearTimeout(timer))
}
