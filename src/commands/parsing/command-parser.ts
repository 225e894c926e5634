import type { ArgumentValue, Command } from '../command.ts'
import { COMMANDS } from '../command-table.ts'
import { type ArgumentProblem, readArguments } from './argument-reader.ts'
import { findCommand, replyToUnknown } from './command-lookup.ts'
import { usageOf } from './command-usage.ts'
import { wordEnd } from './word-reader.ts'

/** How a message is read. A log may name the command, the count and the problem; never what the arguments say. */
export type ParsedMessage =
  | { readonly kind: 'question'; readonly text: string }
  | {
      readonly kind: 'command'
      readonly command: Command
      /** To be handed to `command.run`. */
      readonly args: Readonly<Record<string, ArgumentValue>>
      readonly argumentCount: number
    }
  | {
      readonly kind: 'command-error'
      /** Name of the command; undefined where there is no such command. */
      readonly command?: string
      readonly problem: 'unknown_command' | ArgumentProblem
      /** Arguments that were understood before the problem. */
      readonly argumentCount: number
      /** What to reply: what is wrong, and what would be right. */
      readonly response: string
      readonly suggestions: readonly string[]
    }

/**
 * Reads a message: one that begins with a slash, leading white space aside, is a command, and any other is a question as it stands. Two slashes
 * begin a question with one. A command's name goes up to the next white space and is read without regard to case. Never throws on any
 * text; takes time linear in its length.
 */
export function parseMessage(text: string, commands: readonly Command[] = COMMANDS): ParsedMessage {
  const line = text.trim()
  if (!line.startsWith('/')) return { kind: 'question', text }
  if (line.startsWith('//')) return { kind: 'question', text: line.slice(1) }

  const nameEnd = wordEnd(line, 0)
  const name = line.slice(1, nameEnd)
  const command = findCommand(name, commands)
  if (command === undefined) {
    return { kind: 'command-error', problem: 'unknown_command', argumentCount: 0, ...replyToUnknown(name, commands) }
  }

  const read = readArguments(line.slice(nameEnd), command.arguments)
  if (read.kind === 'values') return { kind: 'command', command, args: read.values, argumentCount: read.count }
  return {
    kind: 'command-error',
    command: command.name,
    problem: read.problem,
    argumentCount: read.count,
    response: `${read.detail}\nUsage: ${usageOf(command)}, for example: ${command.example}`,
    suggestions: [`/help ${command.name}`],
  }
}
