import { ChatError } from '../../errors.ts'
import type { DocumentOwner } from '../../knowledge/document.ts'
import type { FindPassages } from '../../search/retrieval.ts'
import type { AnswerQuestion } from '../answer-question.ts'
import { type Answer, RETRIEVED_PASSAGES } from '../answerer.ts'
import { PAST_TURNS } from '../question/follow-up.ts'
import { mayNeedTurns } from '../search-in-context.ts'
import type { AnswerReply, AnswerTask, SentAnswer } from './answer-task.ts'

export interface PooledAnswerSteps {
  /** Runs a task in a worker. Resolves to JSON text of an `AnswerReply`. */
  run(task: AnswerTask): Promise<string>
  owner(): DocumentOwner | undefined
  /** Records what happened in the worker. */
  record(reply: AnswerReply): void
  /**
   * Records a search that failed, and throws its error.
   * @param limit Greatest number of passages.
   */
  fail(error: unknown, limit: number): Promise<never>
}

/** Creates functions that answer and search in workers. */
export function createPooledAnswers({ run, owner, record, fail }: PooledAnswerSteps): {
  readonly answer: AnswerQuestion
  readonly retrieve: FindPassages
} {
  async function ask(task: AnswerTask): Promise<AnswerReply> {
    const limit = task.kind === 'retrieve' ? task.limit : RETRIEVED_PASSAGES
    const reply = JSON.parse(await run(task).catch(error => fail(error, limit))) as AnswerReply
    record(reply)
    return reply
  }

  return {
    async answer(question, pastTurns) {
      const turns = mayNeedTurns(question) ? await pastTurns(PAST_TURNS) : []
      const reply = await ask({ kind: 'answer', question, owner: owner(), turns })
      if (reply.kind !== 'answered') throw new ChatError('INTERNAL_ERROR', { facts: { kind: reply.kind } })
      const { answer, answering } = reply
      return { answer: receive(answer), answerMs: answering.end - answering.start }
    },

    async retrieve(query, limit, options) {
      const reply = await ask({ kind: 'retrieve', query, limit, options })
      if (reply.kind !== 'found') throw new ChatError('INTERNAL_ERROR', { facts: { kind: reply.kind } })
      return reply.found
    },
  }
}

/** Makes an answer of one that another thread has sent. */
function receive(answer: SentAnswer): Answer {
  const { text, plain, redacted } = answer.response
  return { ...answer, response: { text, plain, toLog: () => redacted ?? '[text]' } }
}
