import type { Command, CommandResult } from '../command.ts'
import { oneLine } from '../one-line.ts'
import { nearestNames } from './suggestion.ts'

/** The command of this name or alias, without regard to case. */
export function findCommand(name: string, commands: readonly Command[]): Command | undefined {
  const wanted = name.toLowerCase()
  return commands.find(command => namesOf(command).includes(wanted))
}

/** What to reply where there is no such command: the nearest one, if there is one near. */
export function replyToUnknown(
  name: string,
  commands: readonly Command[],
): Required<Pick<CommandResult, 'response' | 'suggestions'>> {
  const [near] = nearestNames(name, commands.flatMap(namesOf))
  const meant = near === undefined ? undefined : findCommand(near, commands)
  const what = name === '' ? "A command's name follows its slash at once" : `There is no command /${oneLine(name, 40)}`
  const hint = meant === undefined ? '; /help lists them all.' : `: did you mean /${meant.name}?`
  return {
    response: `${what}${hint}\nTo ask a question that begins with a slash, write two of them.`,
    suggestions: [`/${meant?.name ?? 'help'}`],
  }
}

function namesOf(command: Command): string[] {
  return [command.name, ...command.aliases]
}
