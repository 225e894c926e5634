import { fixedText, reply } from '../../reply-text.ts'
import type { Command, CommandResult } from '../command.ts'
import { oneLine } from '../one-line.ts'
import { nearestNames } from './suggestion.ts'

/** Finds a command by name or alias, ignoring case. */
export function findCommand(name: string, commands: readonly Command[]): Command | undefined {
  const wanted = name.toLowerCase()
  return commands.find(command => namesOf(command).includes(wanted))
}

/** Composes the reply to an unknown command. Suggests the closest command, if one is close. */
export function replyToUnknown(
  name: string,
  commands: readonly Command[],
): Required<Pick<CommandResult, 'response' | 'suggestions'>> {
  const [near] = nearestNames(name, commands.flatMap(namesOf))
  const meant = near === undefined ? undefined : findCommand(near, commands)
  const problem = name === '' ? reply`A command needs a name after the slash` : reply`There is no command /${oneLine(name, 40)}`
  const hint = fixedText(meant === undefined ? '. /help lists all commands.' : `. Did you mean /${meant.name}?`)
  return {
    response: reply`${problem}${hint}\nTo ask a question that starts with a slash, write two slashes.`,
    suggestions: [`/${meant?.name ?? 'help'}`],
  }
}

function namesOf(command: Command): string[] {
  return [command.name, ...command.aliases]
}
