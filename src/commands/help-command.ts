import { fixedText } from '../reply-text.ts'
import { type ArgumentSpec, type Command, defineCommand } from './command.ts'
import { expectationOf } from './parsing/argument-check.ts'
import { findCommand, replyToUnknown } from './parsing/command-lookup.ts'
import { usageOf } from './parsing/command-usage.ts'

/**
 * Creates `/help [COMMAND]` for a command table. Takes a function because the table contains the
 * command itself.
 */
export function createHelpCommand(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'help',
    aliases: ['h', '?'],
    summary: 'Lists the commands, or explains one.',
    arguments: [{ name: 'command', type: 'text', summary: 'A command or alias, with or without its slash.' }],
    example: '/help history',
    run({ command }) {
      if (command === undefined) return { response: fixedText(listCommands(commands())) }
      const name = command.replace(/^\//, '')
      const found = findCommand(name, commands())
      return found === undefined ? replyToUnknown(name, commands()) : { response: fixedText(explainCommand(found)) }
    },
  })
}

function listCommands(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(command => usageOf(command).length))
  return [
    'A message that starts with a slash is a command; any other message is a question.',
    ...commands.map(command => `${usageOf(command).padEnd(width)}  ${command.summary}`),
    'To ask a question that starts with a slash, write two slashes. For details of a command: /help COMMAND',
  ].join('\n')
}

function explainCommand(command: Command): string {
  return [
    usageOf(command),
    command.summary,
    ...command.arguments.map(explainArgument),
    `Aliases: ${command.aliases.map(alias => `/${alias}`).join(', ')}`,
    `Example: ${command.example}`,
  ].join('\n')
}

function explainArgument(spec: ArgumentSpec): string {
  const fallback = spec.type === 'integer' && spec.default !== undefined ? ` (default ${spec.default})` : ''
  return `${spec.name.toUpperCase()} or --${spec.name}: ${expectationOf(spec)}${fallback}. ${spec.summary}`
}
