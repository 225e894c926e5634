import type { Notification } from '../channels/notification.ts'
import type { Report } from '../reports/report.ts'
import { titleOf } from '../reports/show.ts'
import { renderReport } from './make-report.ts'

/** Returns a report as a notification: a page for mail, Markdown for the other channels. */
export function toNotification(report: Report): Notification {
  const { kind, from, to } = report
  const until = Date.parse(to)
  const html = renderReport(report, 'html')
  return {
    id: `${kind}-report-${until}`,
    kind: 'report',
    severity: 'info',
    title: titleOf(kind, from, to),
    summary: '',
    facts: [],
    text: [renderReport(report, 'md')],
    links: [],
    html,
    // Mail clients leave out the charts of the page in the mail itself.
    attachments: [{ name: `pellucid-${kind}-${to.slice(0, 10)}.html`, contentType: 'text/html', content: toBase64(html) }],
    createdAtMs: until,
  }
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}
