import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../errors.ts'
import type { MonitoringConfig } from '../monitoring/configuration/monitoring-config.ts'
import { activateRules } from '../monitoring/rules/active-rules.ts'
import type { CommandPrefix } from '../monitoring/rules/rule-texts.ts'
import { RULES } from '../monitoring/rules/rules.ts'
import type { Report } from '../reports/report.ts'
import { openMonitoringDatabase } from '../series/monitoring-database.ts'
import { collectReport, renderReport } from './make-report.ts'
import { MONITORING_MIGRATIONS } from './self-monitoring.ts'

// Entry point of the report thread: makes one report and ends. Charts and PDF take memory that the
// server gets back with the thread.

/** What the report thread gets at its start. */
export interface ReportThreadData {
  readonly path: string
  readonly kind: Report['kind']
  readonly until: number
  readonly config: MonitoringConfig
  readonly hostname: string
  /** How commands are run here. */
  readonly prefix: CommandPrefix
}

/** What it sends: the report in each form, or why there is none. */
export type ReportThreadReply =
  | { readonly report: Report; readonly html: string; readonly text: string; readonly pdf: string }
  | { readonly failure: string }

const { path, kind, until, config, hostname, prefix } = workerData as ReportThreadData
try {
  const { db } = openMonitoringDatabase(path, MONITORING_MIGRATIONS)
  const report = collectReport(db, kind, until, activateRules(RULES, config), { host: hostname, prefix })
  db.close()
  const [html, text, pdf] = await Promise.all([
    renderReport(report, 'html'),
    renderReport(report, 'md'),
    renderReport(report, 'pdf'),
  ])
  parentPort?.postMessage({
    report,
    html: String(html),
    text: String(text),
    pdf: Buffer.from(pdf).toString('base64'),
  } satisfies ReportThreadReply)
} catch (error) {
  parentPort?.postMessage({ failure: messageOf(error) } satisfies ReportThreadReply)
}
