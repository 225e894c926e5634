import { type Command, InvalidArgumentError, Option } from 'commander'
import { ChatError } from '../errors.ts'
import { FILE_STREAMS } from '../logging/log-streams.ts'
import { parseTime } from '../logging/reading/time-argument.ts'
import { type LevelName, parseLevel } from '../logging/record/levels.ts'

/** Gives `pellucid logs` its options. Each refuses a wrong value and says what would be right. */
export function addLogsOptions(command: Command, now: () => number): Command {
  const time = (text: string) =>
    parseTime(text, now()) ?? refuse('Right would be 15m, 2h or 3d ago, or ISO 8601 such as 2026-01-15T10:30:00Z.')
  return command
    .option('-f, --follow', 'go on with the lines that come')
    .option('--level <level>', 'this level and above: DEBUG, INFO, WARNING, ERROR, CRITICAL', level)
    .option('--module <name>', 'lines of one module')
    .option('--session <id>', 'lines of one session')
    .option('--turn <id>', 'lines of one turn')
    .option('--trace <id>', 'lines of one trace')
    .option('--user <id>', 'lines of one user, by pseudonym or id')
    .option('--since <time>', 'from then on: 15m, 2h, 3d, or ISO 8601', time)
    .option('--until <time>', 'until then', time)
    .option('--grep <regexp>', 'lines whose JSON matches; (?i:…) ignores case', pattern)
    .addOption(
      new Option('--stream <name>', 'one stream alone; by default all that is held, each line once').choices(FILE_STREAMS),
    )
    .option('--limit <n>', 'the last n of these', count)
    .option('--json', 'lines as they stand in the files')
    .option('--stats', 'what the log consists of, and what is odd about it')
    .option('--gap-minutes <n>', 'with --stats: a silence longer than this amid traffic is a gap; 10 by default', count)
    .option('--errors', 'what failed, when, for whom and in which part, with what came before')
    .option('--fail-on-errors', 'with --errors: exit with 1 if anything failed')
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
    return refuse(`${(error as Error).message}. Right would be a regular expression as in JavaScript.`)
  }
}

function count(text: string): number {
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= 1_000_000
    ? value
    : refuse('Right would be an integer from 1 to 1000000.')
}

function refuse(reason: string): never {
  throw new InvalidArgumentError(reason)
}
