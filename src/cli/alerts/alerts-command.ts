import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration, parseTime } from '../../logging/reading/time-argument.ts'
import type { AuditCommandDeps } from '../audit.ts'

export interface SilenceOptions {
  readonly all: boolean
  readonly for?: number
  readonly reason?: string
  readonly end?: string
}

/** Adds `pellucid alerts`. `finish` gets the exit code. */
export function addAlertsCommand(program: Command, deps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  const alerts = program.command('alerts').description('show, silence and test the alerts of the server; it may be running')
  alerts
    .command('list')
    .description('print the alerts that fire or are pending, and the silences')
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) => {
      const { runAlertsList } = await import('./alerts.ts')
      finish(runAlertsList(options, deps()))
    })
  alerts
    .command('show')
    .description('print what a rule means, when it fires, and how often it did')
    .argument('<rule>', 'id of the rule, such as disk_space')
    .option('--json', 'print JSON', false)
    .action(async (rule: string, options: { json: boolean }) => {
      const { runAlertsShow } = await import('./alerts.ts')
      finish(runAlertsShow(rule, options, deps()))
    })
  alerts
    .command('history')
    .description('print the changes of alerts, oldest first')
    .option('--rule <id>', 'only changes of this rule')
    .option('--since <time>', 'only changes since then: 2h, 7d or an ISO 8601 time', readTime)
    .option('--limit <n>', 'the last n changes', readLimit, 100)
    .option('--json', 'print JSON lines', false)
    .action(async (options: { rule?: string; since?: number; limit: number; json: boolean }) => {
      const { runAlertsHistory } = await import('./alerts.ts')
      finish(runAlertsHistory(options, deps()))
    })
  alerts
    .command('silence')
    .description('send no notifications about a rule for a while')
    .argument('[rule]', 'id of the rule')
    .option('--all', 'silence all rules', false)
    .option('--for <duration>', 'how long: 30m, 2h, 1d', readDuration)
    .option('--reason <text>', 'why, for the audit trail')
    .option('--end <id>', 'end this silence')
    .action(async (rule: string | undefined, options: SilenceOptions) => {
      const { runAlertsSilence } = await import('./silence.ts')
      finish(runAlertsSilence(rule, options, deps()))
    })
  alerts
    .command('test')
    .description('send a test through every channel, and print what came back')
    .action(async () => {
      const { runAlertsTest } = await import('./test-channels.ts')
      finish(await runAlertsTest(deps()))
    })
}

function readTime(text: string): number {
  const time = parseTime(text, Date.now())
  if (time === undefined)
    throw new InvalidArgumentError('Use a duration such as 2h or 7d, or a time such as 2026-01-15T10:30:00Z.')
  return time
}

function readDuration(text: string): number {
  const duration = parseDuration(text)
  if (duration === undefined || duration <= 0) throw new InvalidArgumentError('Use a duration such as 30m, 2h or 1d.')
  return duration
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('Use an integer of at least 1.')
  return limit
}
