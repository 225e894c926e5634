import type { PastTurn } from '../answering/question/follow-up.ts'
import type { Source } from '../answering/workings.ts'
import type { Turn } from './turn.ts'

/** The fields of a turn that are used as context. */
export interface RecallableTurn extends Pick<Turn, 'message'> {
  /** Undefined for a command or small talk: nothing was searched. */
  readonly workings?: unknown
  readonly receipt: { readonly sources: readonly Pick<Source, 'title' | 'passage' | 'highlights'>[] }
}

/**
 * Selects the last `limit` questions of these turns, newest first like the turns. Skips commands
 * and small talk.
 */
export function selectQuestions<T extends Pick<RecallableTurn, 'workings'>>(turns: readonly T[], limit: number): readonly T[] {
  return turns.filter(({ workings }) => workings !== undefined).slice(0, limit)
}

/**
 * The questions of turns with the text that answered each. The text is what the first source says
 * was quoted: the response itself may also contain an explanation, or suggest pages that do not
 * answer the question.
 */
export function recallQuestions(questions: readonly RecallableTurn[]): readonly PastTurn[] {
  return questions.map(({ message, receipt: { sources } }) => {
    const { title = '', passage = '', highlights = [] } = sources[0] ?? {}
    return { question: message, title, quoted: highlights.map(({ start, end }) => passage.slice(start, end)).join('\n') }
  })
}

/** Recalls the last `limit` questions of these turns, newest first like the turns. */
export function recallTurns(turns: readonly RecallableTurn[], limit: number): readonly PastTurn[] {
  return recallQuestions(selectQuestions(turns, limit))
}

/** A turn with its first source only. The texts of others need not be read: they are no context. */
export function keepFirstSource({ receipt, ...turn }: Turn): Turn {
  return { ...turn, receipt: { ...receipt, sources: receipt.sources.slice(0, 1) } }
}
