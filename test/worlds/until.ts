import { setTimeout as delay } from 'node:timers/promises'

/** Long enough to leave CPU time to the awaited work. */
const CHECK_INTERVAL_MS = 5

/** Far more than a slow machine takes, and less than the limit of a test file. */
const LIMIT_MS = 600_000

/**
 * Polls until a condition holds. A slow machine only takes longer; a condition that does not hold
 * after ten minutes is named in the error.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Still not true after ten minutes: ${condition}`)
    await delay(CHECK_INTERVAL_MS)
  }
}
