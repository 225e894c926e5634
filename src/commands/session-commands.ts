import type { Turn } from '../chat/turn.ts'
import { defineCommand } from './command.ts'
import { oneLine } from './one-line.ts'

/** `/history [N]`: what was said in this session, forgotten context included. */
export const historyCommand = defineCommand({
  name: 'history',
  aliases: ['hist'],
  summary: 'Shows the last messages of this session and their replies, oldest first.',
  arguments: [{ name: 'n', type: 'integer', min: 1, max: 50, default: 10, summary: 'How many messages.' }],
  example: '/history 5',
  async run({ n }, { turns }) {
    const newest = await turns(n)
    if (newest.length === 0) return { response: 'Nothing has been said in this session yet.' }
    return { response: [...newest].reverse().map(tell).join('\n') }
  },
})

/** `/clear`: what was said so far is no context for what comes. */
export const clearCommand = defineCommand({
  name: 'clear',
  aliases: ['reset'],
  summary: 'Forgets the context of the answers to come; the session and its history stay.',
  arguments: [],
  example: '/clear',
  async run(_args, { turns, updateSession }) {
    const [newest] = await turns(1)
    await updateSession({ contextFrom: newest?.seq ?? 0 })
    return { response: 'The context is forgotten; /history still shows what was said.' }
  },
})

/** `/forget`: erases what was said in this session. */
export const forgetCommand = defineCommand({
  name: 'forget',
  aliases: ['erase'],
  summary: 'Erases what was said in this session, for good; the session stays open.',
  arguments: [],
  example: '/forget',
  async run(_args, { eraseContent }) {
    const erased = await eraseContent()
    return { response: `What was said in this session is erased (messages: ${erased}).` }
  },
})

/** `/verbose on|off`: whether answers carry their workings. */
export const verboseCommand = defineCommand({
  name: 'verbose',
  aliases: ['v'],
  summary: 'Lets the answers of this session carry their workings, or not.',
  arguments: [{ name: 'setting', type: 'choice', choices: ['on', 'off'], required: true, summary: 'Whether they do.' }],
  example: '/verbose on',
  async run({ setting }, { updateSession }) {
    await updateSession({ verbose: setting === 'on' })
    return { response: setting === 'on' ? 'Answers now carry their workings.' : 'Answers come without their workings.' }
  },
})

function tell({ seq, message, receipt, createdAt }: Turn): string {
  const time = `${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (message === '') return `${seq}. ${time}  (erased)`
  return `${seq}. ${time}  ${oneLine(message, 100)}\n   ${receipt.kind}: ${oneLine(receipt.response, 100)}`
}
