import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ChatError } from '../../errors.ts'
import { collectReport, renderReport } from '../../self-monitoring/make-report.ts'
import { readRules, withMonitoringDatabase } from '../alerts/monitoring-store.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { auditCommand } from '../command-record.ts'
import type { ReportOptions } from './report-command.ts'

/** Runs `pellucid report`. Never asks a server: it reads what the server has stored. */
export async function runReport({ daily, weekly, until, format, out }: ReportOptions, deps: AuditCommandDeps): Promise<number> {
  const { config, stdout, now } = deps
  if (daily && weekly) throw new ChatError('VALIDATION_ERROR', { message: 'Use either --daily or --weekly' })
  if (format === 'pdf' && out === undefined)
    throw new ChatError('VALIDATION_ERROR', { message: 'Name a file for the PDF with --out' })
  const kind = daily ? 'daily' : 'weekly'
  const report = withMonitoringDatabase(config.dataDir, db => collectReport(db, kind, until ?? now(), readRules(), hostname()))
  auditCommand('report_made', { kind, format, until: report.to }, deps)
  const content = await renderReport(report, format)
  if (out === undefined) stdout.write(content)
  else {
    writeFileSync(out, content, { mode: 0o600 })
    stdout.write(`${kind === 'daily' ? 'Daily' : 'Weekly'} report written to ${join(out)}\n`)
  }
  return 0
}
