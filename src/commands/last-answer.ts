import type { Turn } from '../chat/turn.ts'
import type { CommandContext, CommandResult } from './command.ts'

/** Turns searched for an answer; only who sends that many commands in a row is told that there is none. */
const LOOK_BACK_TURNS = 50

/** What a command about the last answer replies where there is none. */
export const NO_ANSWER_YET: CommandResult = { response: 'There is no answer yet: ask a question first.' }

/** The last answer from the documents, or fallback, of the session that is neither forgotten by `/clear` nor erased by `/forget`. */
export async function findLastAnswer({ session, turns }: CommandContext): Promise<Turn | undefined> {
  const newest = await turns(LOOK_BACK_TURNS)
  return newest.find(
    ({ seq, receipt, workings }) => workings !== undefined && seq > session.contextFrom && receipt.response !== '',
  )
}
