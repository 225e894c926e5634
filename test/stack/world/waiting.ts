import { setTimeout as delay } from 'node:timers/promises'

const INTERVAL_MS = 200

/**
 * Polls until a condition holds. @throws {Error} that names the condition after `limitS` seconds.
 */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limitS = 60): Promise<void> {
  const end = performance.now() + limitS * 1000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${limitS} s: ${what}`)
    await delay(INTERVAL_MS)
  }
}

/** Whether an address answers with 2xx. */
export async function isOk(address: string): Promise<boolean> {
  try {
    const reply = await fetch(address, { signal: AbortSignal.timeout(2000) })
    await reply.arrayBuffer()
    return reply.ok
  } catch {
    // The port is not open yet.
    return false
  }
}
