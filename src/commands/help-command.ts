import { type ArgumentSpec, type Command, defineCommand } from './command.ts'
import { expectationOf } from './parsing/argument-check.ts'
import { findCommand, replyToUnknown } from './parsing/command-lookup.ts'
import { usageOf } from './parsing/command-usage.ts'

/** `/help [COMMAND]`, told from the table that it is given; a function, since it is a row of that table itself. */
export function createHelpCommand(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'help',
    aliases: ['h', '?'],
    summary: 'Lists the commands, or explains one.',
    arguments: [{ name: 'command', type: 'text', summary: 'A name or an alias, with or without its slash.' }],
    example: '/help history',
    run({ command }) {
      if (command === undefined) return { response: listCommands(commands()) }
      const name = command.replace(/^\//, '')
      const found = findCommand(name, commands())
      return found === undefined ? replyToUnknown(name, commands()) : { response: explainCommand(found) }
    },
  })
}

function listCommands(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(command => usageOf(command).length))
  return [
    'Anything that does not begin with a slash is a question; two slashes begin a question with one.',
    ...commands.map(command => `${usageOf(command).padEnd(width)}  ${command.summary}`),
    'More on one of them: /help COMMAND',
  ].join('\n')
}

function explainCommand(command: Command): string {
  return [
    usageOf(command),
    command.summary,
    ...command.arguments.map(explainArgument),
    `Also: ${command.aliases.map(alias => `/${alias}`).join(', ')}`,
    `For example: ${command.example}`,
  ].join('\n')
}

function explainArgument(spec: ArgumentSpec): string {
  const fallback = spec.type === 'integer' && spec.default !== undefined ? `, ${spec.default} if left out` : ''
  return `${spec.name.toUpperCase()} (or --${spec.name}): ${expectationOf(spec)}${fallback}. ${spec.summary}`
}
