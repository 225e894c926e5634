import { fixedText, type ReplyText, reply } from '../../reply-text.ts'
import type { ArgumentValue, Command } from '../command.ts'
import { COMMANDS } from '../command-table.ts'
import { type ArgumentProblem, readArguments } from './argument-reader.ts'
import { findCommand, replyToUnknown } from './command-lookup.ts'
import { usageOf } from './command-usage.ts'
import { wordEnd } from './word-reader.ts'

/**
 * A parsed message. Logs may hold the command's name, the problem and the number of arguments, but
 * no argument.
 */
export type ParsedMessage =
  | { readonly kind: 'question'; readonly text: string }
  | {
      readonly kind: 'command'
      readonly command: Command
      /** For `command.run`. */
      readonly args: Readonly<Record<string, ArgumentValue>>
      readonly argumentCount: number
    }
  | {
      readonly kind: 'command-error'
      /** Name of the command. Undefined if it is unknown. */
      readonly command?: string
      readonly problem: 'unknown_command' | ArgumentProblem
      /** Number of valid arguments before the problem. */
      readonly argumentCount: number
      /** Describes the problem and the correct usage. */
      readonly response: ReplyText
      readonly suggestions: readonly string[]
    }

/** Characters of a path that no command's name has. */
const PATH = /[/.]/

/**
 * Parses a message. A message that starts with a slash is a command, ignoring leading white space;
 * any other message is a question, and so is one that starts with a path, such as "/users/me". Two
 * leading slashes make a question that starts with one. The command's name ends at the next white
 * space and ignores case. Never throws. Linear time.
 */
export function parseMessage(text: string, commands: readonly Command[] = COMMANDS): ParsedMessage {
  const line = text.trim()
  if (!line.startsWith('/')) return { kind: 'question', text }
  if (line.startsWith('//')) return { kind: 'question', text: line.slice(1) }

  const nameEnd = wordEnd(line, 0)
  const name = line.slice(1, nameEnd)
  if (PATH.test(name)) return { kind: 'question', text }
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
    response: reply`${read.detail}\nUsage: ${fixedText(usageOf(command))}\nExample: ${fixedText(command.example)}`,
    suggestions: [`/help ${command.name}`],
  }
}
