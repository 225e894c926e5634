import type { Turn } from '../chat/turn.ts'
import { reply } from '../reply-text.ts'
import type { CommandContext, CommandResult } from './command.ts'

/** Number of turns that are searched for the last answer. */
const MAX_TURNS_BACK = 50

/** The reply of a command that needs an answer when the session has none. */
export const NO_ANSWER_YET: CommandResult = { response: reply`There is no answer yet. Ask a question first.` }

/**
 * Finds the session's last answer or fallback to a question. Skips turns before `/clear` and erased
 * turns. Undefined if there is none among the last 50 turns.
 */
export async function findLastAnswer({ session, turns }: CommandContext): Promise<Turn | undefined> {
  const newest = await turns(MAX_TURNS_BACK)
  return newest.find(
    ({ seq, receipt, workings }) => workings !== undefined && seq > session.contextFrom && receipt.response !== '',
  )
}
