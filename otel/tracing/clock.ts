/** A larger deviation means that the system clock was set or has drifted. */
const MAX_DEVIATION_MS = 50

let origin = Date.now() - performance.now()

/**
 * Returns milliseconds since 1970, with fractions. Values never decrease unless the system clock
 * deviates by more than 50 ms; then they follow it. The SDK starts spans on whole milliseconds,
 * which contain several steps of a turn: pages that sort by start show those in random order.
 */
export function preciseNow(): number {
  const now = origin + performance.now()
  const deviation = Date.now() - now
  if (Math.abs(deviation) <= MAX_DEVIATION_MS) return now
  origin += deviation
  return now + deviation
}
