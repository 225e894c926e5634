import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Notification } from '../notifications/notification.ts'
import { titleOf } from '../reports/show.ts'
import type { ReportThreadData, ReportThreadReply } from './report-thread.ts'

const LIMIT_MS = 120_000
const MEMORY_MB = 512

/**
 * Makes a report in a thread of its own, and returns it as a notification.
 * @throws if it cannot be made within two minutes or 512 MB.
 */
export async function makeReportNotification(data: ReportThreadData): Promise<Notification> {
  // `.ts` when run from source, `.js` when compiled.
  const file = new URL(`./report-thread${extname(import.meta.filename)}`, import.meta.url)
  const worker = new Worker(file, {
    workerData: data,
    execArgv: [],
    name: 'report',
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  worker.unref()
  const limit = setTimeout(() => void worker.terminate(), LIMIT_MS).unref()
  try {
    const reply = await new Promise<ReportThreadReply>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('The report was not made in time')))
    })
    if ('failure' in reply) throw new Error(reply.failure)
    const { report, html, text, pdf } = reply
    const name = `pellucid-${report.kind}-${report.to.slice(0, 10)}`
    return {
      id: `${report.kind}-report-${data.until}`,
      kind: 'report',
      severity: 'info',
      title: titleOf(report.kind, report.from, report.to),
      summary: '',
      facts: [],
      text: [text],
      links: [],
      html,
      attachments: [{ name: `${name}.pdf`, contentType: 'application/pdf', content: pdf }],
      createdAtMs: data.until,
    }
  } finally {
    clearTimeout(limit)
    void worker.terminate()
  }
}
