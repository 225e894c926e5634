import type { CheckTime } from '../parsed-document.ts'
import { unreadable } from './unreadable.ts'

const BASE_MS = 2000
/** reStructuredText, the slowest format, takes 0.6 ms per KB; this is six times that. */
const MS_PER_KB = 4
/** Reading the clock at every eighth call took 4 % of the total time. */
const CALLS_PER_CHECK = 32

/**
 * Creates a budget of CPU time for one document: 2 s by default, plus 4 ms per 1,000 characters.
 * Some texts, such as thousands of unmatched brackets or nested quotes, take a parser quadratic
 * time or more, and no pattern catches all of them. CPU time makes the result independent of other
 * load on the machine.
 */
export function createTimeBudget(textLength: number, spentMs: () => number = threadTimeMs, baseMs = BASE_MS): CheckTime {
  const endMs = spentMs() + baseMs + (textLength / 1000) * MS_PER_KB
  let calls = 0
  return () => {
    if (calls++ % CALLS_PER_CHECK === 0 && spentMs() > endMs) throw unreadable('The document takes too long to parse')
  }
}

function threadTimeMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
