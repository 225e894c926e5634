import { ChatError } from '../../errors.ts'
import type { CheckTime } from './parsed-document.ts'

const BASE_MS = 2000
/** Markdown, the slowest format, took 1 ms a KB on a slow machine; four times that is no longer a question of the machine. */
const MS_PER_KB = 4
/** Asking for the time at every call took a tenth of all the time. */
const CALLS_PER_CHECK = 8

/**
 * Allows a document 2 s of processor time and 4 ms per 1,000 characters. Some texts take a parser time that grows with the square of their
 * length or faster (thousands of unmatched brackets, of nested quotes), and no rule on how they look catches all of them.
 * Processor time, since a busy machine must not make a document unreadable.
 */
export function createTimeBudget(textLength: number, spentMs: () => number = threadTimeMs): CheckTime {
  const endMs = spentMs() + BASE_MS + (textLength / 1000) * MS_PER_KB
  let calls = 0
  return () => {
    if (calls++ % CALLS_PER_CHECK === 0 && spentMs() > endMs)
      throw new ChatError('DOCUMENT_UNREADABLE', { message: 'The document is too intricate to be parsed in reasonable time' })
  }
}

function threadTimeMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
