import { defineCommand } from './command.ts'
import { explain } from './explanation.ts'
import { findLastAnswer, NO_ANSWER_YET } from './last-answer.ts'
import { listSources } from './source-list.ts'

/** `/sources`: where the last answer was taken from. */
export const sourcesCommand = defineCommand({
  name: 'sources',
  aliases: ['src'],
  summary: 'Shows where the last answer was taken from.',
  arguments: [],
  example: '/sources',
  async run(_args, context) {
    const turn = await findLastAnswer(context)
    if (turn === undefined) return NO_ANSWER_YET
    const { sources } = turn.receipt
    if (sources.length === 0) return { response: 'Nothing in the last reply was taken from the documents.' }
    return { response: `The last answer was taken from:\n${listSources(sources)}`, sources }
  },
})

/** `/why`: how the last answer came about, down to the scores and the trace. */
export const whyCommand = defineCommand({
  name: 'why',
  aliases: ['explain'],
  summary: 'Shows why the last answer won: its words, candidates, scores, times and trace.',
  arguments: [],
  example: '/why',
  async run(_args, context) {
    const turn = await findLastAnswer(context)
    return turn === undefined ? NO_ANSWER_YET : { response: explain(turn) }
  },
})

/** `/feedback`: says whether the last answer was right. */
export const feedbackCommand = defineCommand({
  name: 'feedback',
  aliases: ['rate'],
  summary: 'Says whether the last reply was right; a second judgement replaces the first.',
  arguments: [
    { name: 'verdict', type: 'choice', choices: ['good', 'bad'], required: true, summary: 'Whether it was right.' },
    { name: 'comment', type: 'text', rest: 'unquoted', summary: 'What was good or bad about it.' },
  ],
  example: '/feedback bad that is for the old version',
  async run({ verdict, comment }, context) {
    const turn = await findLastAnswer(context)
    if (turn === undefined) return NO_ANSWER_YET
    const recorded = await context.recordFeedback(turn.receipt.turnId, { correct: verdict === 'good', comment })
    return recorded ? { response: `Thank you: the last answer is marked as ${verdict}.` } : NO_ANSWER_YET
  },
})
