import { setTimeout as delay } from 'node:timers/promises'

const INTERVAL_MS = 200

/** Resolves when a condition holds that other programs bring about. @throws {Error} that names it, when it has not come true within `limitS` seconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limitS = 60): Promise<void> {
  const end = performance.now() + limitS * 1000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`within ${limitS} s it never came true that ${what}`)
    await delay(INTERVAL_MS)
  }
}

/** Whether an address answers with a success. */
export async function isOk(address: string): Promise<boolean> {
  try {
    const reply = await fetch(address, { signal: AbortSignal.timeout(2000) })
    await reply.arrayBuffer()
    return reply.ok
  } catch {
    // Nobody listens there yet.
    return false
  }
}
