import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { environment } from '../../config.ts'
import { ChatError, messageOf } from '../../errors.ts'
import { collectReport, renderReport } from '../../watch/composition/make-report.ts'
import { readCommandPrefix } from '../../watch/rules/command-prefix.ts'
import { readRules, withMonitoringDatabase } from '../alerts/monitoring-store.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { auditCommand } from '../command-record.ts'
import type { ReportOptions } from './report-command.ts'

const DAY_MS = 86_400_000

/** Runs `pellucid report`. Never asks a server: it reads what the server has stored. */
export async function runReport(options: ReportOptions, deps: AuditCommandDeps): Promise<number> {
  const { daily, weekly, format, out } = options
  const { config, stdout, now } = deps
  if (daily && weekly) throw new ChatError('VALIDATION_ERROR', { message: 'Use either --daily or --weekly' })
  const kind = daily ? 'daily' : 'weekly'
  const until = endOf(options, now())
  const place = { host: hostname(), prefix: readCommandPrefix(environment) }
  const report = withMonitoringDatabase(config.dataDir, db => collectReport(db, kind, until, readRules(), place))
  auditCommand('report_made', { kind, format, until: report.to }, deps)
  const content = renderReport(report, format)
  if (out === undefined) stdout.write(content)
  else {
    write(out, content)
    stdout.write(`${kind === 'daily' ? 'Daily' : 'Weekly'} report written to ${join(out)}\n`)
  }
  return 0
}

function endOf({ daily, since, until }: ReportOptions, now: number): number {
  if (since === undefined) return until ?? now
  if (until !== undefined) throw new ChatError('VALIDATION_ERROR', { message: 'Use either --since or --until' })
  return since + (daily ? 1 : 7) * DAY_MS
}

function write(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600 })
  } catch (cause) {
    throw new ChatError('VALIDATION_ERROR', { message: `--out: ${messageOf(cause)}`, cause })
  }
}
