import { readVerdict } from '../base/verdict.ts'
import { fixedText, reply } from '../reply-text.ts'
import { defineCommand } from './command.ts'
import { explainTurn } from './explanation.ts'
import { findLastAnswer, NO_ANSWER_YET } from './last-answer.ts'
import { listSources } from './source-list.ts'

/** `/sources`: lists the sources of the last answer. */
export const sourcesCommand = defineCommand({
  name: 'sources',
  aliases: ['src'],
  summary: 'Lists the sources of the last answer.',
  arguments: [],
  example: '/sources',
  async run(_args, context) {
    const turn = await findLastAnswer(context)
    if (turn === undefined) return NO_ANSWER_YET
    const { sources } = (await context.withPassages(turn)).receipt
    if (sources.length === 0)
      return { response: reply`The last reply has no sources: the documents did not answer the question.` }
    return { response: reply`Sources of the last answer:\n${listSources(sources)}`, sources }
  },
})

/** `/why`: explains the last answer, down to its scores and its trace. */
export const whyCommand = defineCommand({
  name: 'why',
  aliases: ['explain'],
  summary: 'Explains the last answer: search words, candidates, scores, times and trace.',
  arguments: [],
  example: '/why',
  async run(_args, context) {
    const turn = await findLastAnswer(context)
    return turn === undefined ? NO_ANSWER_YET : { response: explainTurn(turn) }
  },
})

/** `/feedback`: rates the last answer. */
export const feedbackCommand = defineCommand({
  name: 'feedback',
  aliases: ['rate'],
  summary: 'Rates the last answer as good or bad. A new rating replaces the earlier one.',
  arguments: [
    {
      name: 'verdict',
      type: 'choice',
      choices: ['good', 'bad'],
      read: readVerdict,
      required: true,
      summary: 'Your rating; also 👍 or +1, 👎 or -1.',
    },
    { name: 'comment', type: 'text', rest: 'unquoted', summary: 'What was good or bad about the answer.' },
  ],
  example: '/feedback bad that is for the old version',
  async run({ verdict, comment }, context) {
    const turn = await findLastAnswer(context)
    if (turn === undefined) return NO_ANSWER_YET
    const isRecorded = await context.recordFeedback(turn.receipt.turnId, { correct: verdict === 'good', comment })
    return isRecorded ? { response: reply`Thank you. The last answer is rated as ${fixedText(verdict)}.` } : NO_ANSWER_YET
  },
})
