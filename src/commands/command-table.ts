import { feedbackCommand, sourcesCommand, whyCommand } from './answer-commands.ts'
import type { Command } from './command.ts'
import { createHelpCommand } from './help-command.ts'
import { usageOf } from './parsing/command-usage.ts'
import { searchCommand } from './search-command.ts'
import { clearCommand, forgetCommand, historyCommand } from './session-commands.ts'
import { statusCommand } from './status-command.ts'

/** All commands, in the order of `/help`. */
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
]

/** A command for the documentation. */
export interface CommandRow {
  /** For example `/history [N]`. */
  readonly usage: string
  /** With slashes. */
  readonly aliases: readonly string[]
  readonly summary: string
  readonly example: string
}

/** The command table of the documentation, in the order of `/help`. */
export function commandTable(): readonly CommandRow[] {
  return COMMANDS.map(command => ({
    usage: usageOf(command),
    aliases: command.aliases.map(alias => `/${alias}`),
    summary: command.summary,
    example: command.example,
  }))
}
