import type { Answer, Answerer, RatedPassages } from './answerer.ts'
import { type ContextSteps, type SearchPlanned, searchInContext } from './search-in-context.ts'

/** An answer whose workings are JSON text, as they are stored: they are rarely read. */
export interface WrittenAnswer extends Omit<Answer, 'workings'> {
  readonly workingsJson: string
}

/** An answer, and the milliseconds that writing it took. */
export interface TimedAnswer {
  readonly answer: WrittenAnswer
  readonly answerMs: number
}

/**
 * Answers a question from the documents. `pastTurns` returns the session's last questions, newest
 * first.
 */
export type AnswerQuestion = (question: string, pastTurns: ContextSteps['pastTurns']) => Promise<TimedAnswer>

export interface AnswerSteps {
  readonly answerer: Answerer
  readonly search: SearchPlanned
  compose(rated: RatedPassages): Answer
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
}

/** Creates a function that answers questions in this thread. */
export function createAnswerQuestion({ answerer, search, compose, clock }: AnswerSteps): AnswerQuestion {
  return async (question, pastTurns) => {
    const rated = await searchInContext(question, { answerer, search, pastTurns })
    const started = clock()
    const { workings, ...answer } = compose(rated)
    const answerMs = clock() - started
    return { answer: { ...answer, workingsJson: JSON.stringify(workings) }, answerMs }
  }
}
