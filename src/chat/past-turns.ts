import { replyToGreeting } from './greeting.ts'
import type { Source, Turn } from './turn.ts'

/** What a turn leaves for those after it. */
export interface PastTurn {
  readonly said: string
  /** Title of the page that answered; empty where none did. */
  readonly title: string
  /** What was quoted of it. */
  readonly quoted: string
}

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
