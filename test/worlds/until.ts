import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two checks: long enough to leave the processor to what is waited for. */
const CHECK_INTERVAL_MS = 5

/**
 * Resolves when a condition holds. It has no deadline: on a slow machine a test takes longer and passes, and a condition that never holds ends with
 * the time limit of the test file.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(CHECK_INTERVAL_MS)
}
