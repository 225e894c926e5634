import type { PastTurn } from '../answering/follow-up.ts'
import type { Source } from '../answering/workings.ts'
import { replyToGreeting } from './greeting.ts'
import type { Turn } from './turn.ts'

/** What is needed of a turn to remember it. */
export interface RecallableTurn extends Pick<Turn, 'message' | 'command'> {
  readonly receipt: { readonly sources: readonly Pick<Source, 'title' | 'passage' | 'highlights'>[] }
}

/**
 * The last `limit` questions of these turns, newest first as they come, and what answered each. A command or a greeting is none. What answered is what the
 * sources say was quoted: a reply says more where the session is verbose, and a fallback names pages that do not answer.
 */
export function recallTurns(turns: readonly RecallableTurn[], limit: number): readonly PastTurn[] {
  return turns
    .filter(({ message, command }) => command === undefined && replyToGreeting(message) === undefined)
    .slice(0, limit)
    .map(({ message, receipt: { sources } }) => {
      const { title = '', passage = '', highlights = [] } = sources[0] ?? {}
      return { said: message, title, quoted: highlights.map(({ start, end }) => passage.slice(start, end)).join('\n') }
    })
}
