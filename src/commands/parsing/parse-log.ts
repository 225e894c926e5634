import type { Log } from '../../logging/log.ts'
import type { ParsedMessage } from './command-parser.ts'

/**
 * Logs a parsed command: its name, its problem and the number of its arguments, but no argument.
 */
export function logParsed(log: Log, parsed: ParsedMessage): void {
  if (parsed.kind === 'command') {
    const { command, argumentCount } = parsed
    log.debug({ function: 'parse_command', command: command.name, argument_count: argumentCount }, 'Command parsed')
  } else if (parsed.kind === 'command-error') {
    const { command, problem, argumentCount } = parsed
    log.info({ function: 'validate_command', command, problem, argument_count: argumentCount }, 'Command refused')
  }
}
