import { type Command, InvalidArgumentError, Option } from 'commander'
import { ChatError } from '../../errors.ts'
import { FILE_STREAMS } from '../../logging/log-streams.ts'
import { parseTime } from '../../logging/reading/time-argument.ts'
import { type LevelName, parseLevel } from '../../logging/record/levels.ts'

/**
 * Adds the options of `pellucid logs`. An invalid value is refused with a description of valid
 * ones.
 */
export function addLogsOptions(command: Command, now: () => number): Command {
  const time = (text: string) =>
    parseTime(text, now()) ?? refuse('Use 15m, 2h or 3d for a time ago, or ISO 8601 such as 2026-01-15T10:30:00Z.')
  return command
    .option('-f, --follow', 'print new lines as they are written; stop with Ctrl-C')
    .option('--level <level>', 'lines of this level and above: DEBUG, INFO, WARNING, ERROR, CRITICAL', level)
    .option('--module <name>', 'lines of one module')
    .option('--session <id>', 'lines of one session, by id or pseudonym')
    .option('--turn <id>', 'lines of one turn')
    .option('--trace <id>', 'lines of one trace')
    .option('--user <id>', 'lines of one user, by id or pseudonym')
    .option('--since <time>', 'lines since this time: 15m, 2h or 3d ago, or ISO 8601', time)
    .option('--until <time>', 'lines until this time', time)
    .option('--grep <regexp>', 'lines whose JSON text matches; (?i:…) ignores case', pattern)
    .addOption(new Option('--stream <name>', 'read one stream only; by default all lines, each once').choices(FILE_STREAMS))
    .option('--limit <n>', 'only the last n matching lines; with --errors, the first n groups', count)
    .option('--json', 'print JSON instead of text')
    .option('--stats', 'print volumes by level, module and message, malformed and repeated lines, and gaps')
    .option(
      '--gap-minutes <n>',
      'with --stats: minutes without a line, between lines of traffic, that count as a gap; 10 by default',
      count,
    )
    .option('--errors', 'group failures by module, message and error, with affected users and the lines before')
    .option('--fail-on-errors', 'with --errors: exit with code 1 if there are failures')
}

function level(text: string): LevelName {
  try {
    return parseLevel(text)
  } catch (error) {
    if (error instanceof ChatError) refuse(error.message)
    throw error
  }
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    return refuse(`${(error as Error).message}. Use a JavaScript regular expression.`)
  }
}

function count(text: string): number {
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= 1_000_000 ? value : refuse('Use an integer from 1 to 1000000.')
}

function refuse(reason: string): never {
  throw new InvalidArgumentError(reason)
}
