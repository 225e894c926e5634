import type { AnswerSet, Phrasing } from './answer-set.ts'
import { type Facts, isInSources, isRight, type Reply } from './reply.ts'
import { type Defect, findDefects } from './reply-lint.ts'

/** A question that the documents answer, with the reply to it. */
export interface AskedQuestion {
  readonly id: string
  readonly question: string
  /** Earlier messages of the user, oldest first. */
  readonly history: readonly string[]
  /** What a right reply states. Undefined if only the right documents are known. */
  readonly facts: Facts | undefined
  readonly reply: Reply
  /** Undefined without facts, as is `isInSources`. */
  readonly isRight: boolean | undefined
  readonly isInSources: boolean | undefined
  readonly defects: readonly Defect[]
}

/** A question that the documents do not answer, with the reply to it. */
export interface AskedOutOfScope {
  readonly id: string
  readonly question: string
  readonly reply: Reply
}

export interface AskedPhrasing extends Phrasing {
  readonly reply: Reply
  /** Whether a source is the right page. */
  readonly isFound: boolean
}

/** Questions with their replies. */
export interface Asked {
  readonly questions: readonly AskedQuestion[]
  readonly outOfScope: readonly AskedOutOfScope[]
  readonly phrasings: readonly AskedPhrasing[]
}

/** Sends the messages of one session, oldest first, and resolves to the reply to the last. */
export type Converse = (messages: readonly string[]) => Promise<Reply>

/** Asks everything in an answer set, one question at a time. */
export async function askAnswerSet(
  set: AnswerSet,
  converse: Converse,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Asked> {
  const total = set.questions.length + set.outOfScope.length + set.phrasings.length
  let done = 0
  const each = async <From, To>(list: readonly From[], ask: (one: From) => Promise<To>): Promise<readonly To[]> => {
    const asked: To[] = []
    for (const one of list) {
      asked.push(await ask(one))
      onProgress(++done, total)
    }
    return asked
  }
  return {
    questions: await each(set.questions, async ({ id, question, history = [], answer }) =>
      judgeReply({ id, question, history, facts: answer }, await converse([...history, question])),
    ),
    outOfScope: await each(set.outOfScope, async ({ id, question }) => ({ id, question, reply: await converse([question]) })),
    phrasings: await each(set.phrasings, async phrasing => {
      const reply = await converse([phrasing.question])
      return { ...phrasing, reply, isFound: reply.sources.some(({ location }) => phrasing.page.test(location)) }
    }),
  }
}

/** Judges the reply to an answerable question. Only an answer has defects. */
export function judgeReply(asked: Pick<AskedQuestion, 'id' | 'question' | 'history' | 'facts'>, reply: Reply): AskedQuestion {
  const { question, facts } = asked
  const right = facts && isRight(reply, facts)
  return {
    ...asked,
    reply,
    isRight: right,
    isInSources: facts && isInSources(reply, facts),
    defects: reply.kind === 'answer' ? findDefects(reply.response, question, right ?? true) : [],
  }
}

/** Puts the questions of several folders together. */
export function joinAsked(list: readonly Asked[]): Asked {
  return {
    questions: list.flatMap(({ questions }) => questions),
    outOfScope: list.flatMap(({ outOfScope }) => outOfScope),
    phrasings: list.flatMap(({ phrasings }) => phrasings),
  }
}
