import { setTimeout as delay } from 'node:timers/promises'

/** Long enough to leave CPU time to the awaited work. */
const CHECK_INTERVAL_MS = 5

/**
 * Polls until a condition holds. Has no timeout: a slow machine only takes longer, and a condition
 * that never holds ends with the time limit of the test file.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(CHECK_INTERVAL_MS)
}
