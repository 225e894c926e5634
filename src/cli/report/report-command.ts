import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseTime } from '../../logging/reading/time-argument.ts'
import type { AuditCommandDeps } from '../audit.ts'

export const REPORT_FORMATS = ['html', 'md', 'json'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

export interface ReportOptions {
  readonly daily: boolean
  readonly weekly: boolean
  readonly since?: number
  readonly until?: number
  readonly format: ReportFormat
  readonly out?: string
}

/** Adds `pellucid report`. `finish` gets the exit code. */
export function addReportCommand(program: Command, deps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  program
    .command('report')
    .description('report on the past day or week: load, speed, errors, answers, alerts and capacity; the server may be running')
    .option('--daily', 'the past 24 hours', false)
    .option('--weekly', 'the past seven days', false)
    .option('--since <time>', 'the beginning of the period: 14d, or an ISO 8601 time', readTime)
    .option('--until <time>', 'the end of the period, instead of now: 2d, or an ISO 8601 time', readTime)
    .addOption(new Option('--format <format>', 'form of the report').choices(REPORT_FORMATS).default('md'))
    .option('--out <file>', 'file to write, instead of the terminal')
    .action(async (options: ReportOptions) => {
      const { runReport } = await import('./report.ts')
      finish(await runReport(options, deps()))
    })
}

function readTime(text: string): number {
  const time = parseTime(text, Date.now())
  if (time === undefined) throw new InvalidArgumentError('Use a time such as 2026-01-15T10:30:00Z, or 2d for two days ago.')
  return time
}
