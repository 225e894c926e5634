import type { Turn } from '../chat/turn.ts'
import { fillText, fixedText, joinTexts, type ReplyText, reply, wholeText } from '../reply-text.ts'
import { defineCommand } from './command.ts'
import { oneLine } from './one-line.ts'

/** `/history [N]`: shows the session's last messages, including those from before `/clear`. */
export const historyCommand = defineCommand({
  name: 'history',
  aliases: ['hist'],
  summary: 'Shows the last messages of this session and their replies, oldest first.',
  arguments: [{ name: 'n', type: 'integer', min: 1, max: 50, default: 10, summary: 'How many messages to show.' }],
  example: '/history 5',
  async run({ n }, { turns }) {
    const newest = await turns(n)
    if (newest.length === 0) return { response: reply`This session has no messages yet.` }
    return { response: joinTexts(newest.toReversed().map(describeTurn), '\n') }
  },
})

/** `/clear`: excludes earlier messages from the context of later answers. */
export const clearCommand = defineCommand({
  name: 'clear',
  aliases: ['reset'],
  summary: 'Starts a new topic: later answers ignore earlier messages. The history is kept.',
  arguments: [],
  example: '/clear',
  async run(_args, { turns, updateSession }) {
    const [newest] = await turns(1)
    await updateSession({ contextFrom: newest?.seq ?? 0 })
    return { response: reply`Earlier messages no longer affect answers. /history still shows them.` }
  },
})

/** `/forget`: erases the content of the session. */
export const forgetCommand = defineCommand({
  name: 'forget',
  aliases: ['erase'],
  summary: 'Permanently erases the messages and replies of this session. The session stays open.',
  arguments: [],
  example: '/forget',
  async run(_args, { eraseContent, texts }) {
    const { turns, pending } = await eraseContent()
    return { response: fillText(pending ? texts.forgetPending : texts.forgotten, { messages: fixedText(`${turns}`) }) }
  },
})

function describeTurn({ seq, message, receipt, createdAt }: Turn): ReplyText {
  // Redaction takes a number and a full stop before a date for the start of a phone number.
  const head = fixedText(`${seq}: ${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`)
  if (message === '') return reply`${head}  (erased)`
  // A reply may quote parts of other texts, so a log omits it.
  const response = reply`${fixedText(receipt.kind)}: ${oneLine(receipt.response, 100)}`
  return reply`${head}  ${wholeText(message, text => oneLine(text, 100))}\n   ${response}`
}
