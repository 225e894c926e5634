/** Beyond this the system's clock has been set, or has drifted from ours. */
const MAX_DEVIATION_MS = 50

let origin = Date.now() - performance.now()

/**
 * Milliseconds since 1970, with fractions. They never go back as long as the system's clock is neither set nor drifts from ours by more than 50 ms:
 * then they follow it. The SDK itself starts spans on whole milliseconds, in which several steps of a turn fit, so that pages which sort by
 * start show them in any order.
 */
export function preciseNow(): number {
  const now = origin + performance.now()
  const deviation = Date.now() - now
  if (Math.abs(deviation) <= MAX_DEVIATION_MS) return now
  origin += deviation
  return now + deviation
}
