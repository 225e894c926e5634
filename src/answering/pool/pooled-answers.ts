import { ChatError } from '../../errors.ts'
import type { DocumentOwner } from '../../knowledge/document.ts'
import type { FindPassages } from '../../search/retrieval.ts'
import type { AnswerQuestion, WrittenAnswer } from '../answer-question.ts'
import { RETRIEVED_PASSAGES } from '../answerer.ts'
import { PAST_TURNS } from '../question/follow-up.ts'
import type { AnswerReply, AnswerTask, SentAnswer, SentReply } from './answer-task.ts'

export interface PooledAnswerSteps {
  /** Runs a task in a worker. */
  run(task: AnswerTask): Promise<SentReply>
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
  async function ask(task: AnswerTask): Promise<{ readonly reply: AnswerReply; readonly workingsJson: string }> {
    const limit = task.kind === 'retrieve' ? task.limit : RETRIEVED_PASSAGES
    const { json, workingsJson = '' } = await run(task).catch(error => fail(error, limit))
    const reply = JSON.parse(json) as AnswerReply
    if (reply.kind !== 'turns-needed') record(reply)
    return { reply, workingsJson }
  }

  return {
    async answer(question, pastTurns) {
      const task = { kind: 'answer', question, owner: owner() } as const
      const first = await ask({ ...task, turns: undefined })
      // Few questions depend on earlier turns. Only the worker knows which do.
      const isComplete = first.reply.kind !== 'turns-needed'
      const { reply, workingsJson } = isComplete ? first : await ask({ ...task, turns: await pastTurns(PAST_TURNS) })
      if (reply.kind !== 'answered') throw new ChatError('INTERNAL_ERROR', { facts: { kind: reply.kind } })
      const { answer, answering } = reply
      return { answer: receive(answer, workingsJson), answerMs: answering.end - answering.start }
    },

    async retrieve(query, limit, options) {
      const { reply } = await ask({ kind: 'retrieve', query, limit, options })
      if (reply.kind !== 'found') throw new ChatError('INTERNAL_ERROR', { facts: { kind: reply.kind } })
      return reply.found
    },
  }
}

/** Makes an answer of one that another thread has sent. */
function receive(answer: SentAnswer, workingsJson: string): WrittenAnswer {
  const { text, plain, redacted } = answer.response
  return { ...answer, workingsJson, response: { text, plain, toLog: () => redacted ?? '[text]' } }
}
