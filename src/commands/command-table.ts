import { feedbackCommand, sourcesCommand, whyCommand } from './answer-commands.ts'
import type { Command } from './command.ts'
import { createHelpCommand } from './help-command.ts'
import { usageOf } from './parsing/command-usage.ts'
import { searchCommand } from './search-command.ts'
import { clearCommand, forgetCommand, historyCommand, verboseCommand } from './session-commands.ts'
import { statusCommand } from './status-command.ts'

/** Every command there is, in the order in which they are listed. Parsing, help, suggestions and documentation are all made from it. */
export const COMMANDS: readonly Command[] = [
  createHelpCommand(() => COMMANDS),
  searchCommand,
  sourcesCommand,
  whyCommand,
  historyCommand,
  statusCommand,
  clearCommand,
  forgetCommand,
  feedbackCommand,
  verboseCommand,
]

/** A command as documentation shows it. */
export interface CommandRow {
  /** How it is written, slash included. */
  readonly usage: string
  /** With their slashes. */
  readonly aliases: readonly string[]
  readonly summary: string
  readonly example: string
}

/** The table for the manual, in the order of `/help`. */
export function commandTable(): readonly CommandRow[] {
  return COMMANDS.map(command => ({
    usage: usageOf(command),
    aliases: command.aliases.map(alias => `/${alias}`),
    summary: command.summary,
    example: command.example,
  }))
}
