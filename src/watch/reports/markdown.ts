import type { Report } from './report.ts'
import { showFigure, showSpan, showTimes, titleOf } from './show.ts'
import { introduce, tableOfFigures } from './tables.ts'

/** A report as Markdown. */
export function toMarkdown(report: Report): string {
  const { kind, from, to, summary, alerts, review, capacity, actions } = report
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''])
  const bullets = (lines: readonly string[]) => lines.map(line => `- ${line}`)
  const { title, head, rows } = tableOfFigures(report)
  return [
    `# ${titleOf(kind, from, to)}`,
    '',
    introduce(report),
    '',
    ...bullets(summary),
    '',
    ...section('What to do', bullets(actions)),
    ...section(
      title,
      [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`),
    ),
    ...section(
      'Alerts',
      alerts.map(
        ({ title, fired, firedBefore, meanTimeToResolveS }) =>
          `- ${title}: fired ${showTimes(fired)} (before: ${firedBefore})${meanTimeToResolveS === undefined ? '' : `, resolved after ${showSpan(meanTimeToResolveS)} on average`}`,
      ),
    ),
    ...section('Thresholds', bullets(review)),
    ...section(
      'Capacity',
      capacity.map(
        ({ resource, now, peak, fullBy }) =>
          `- ${resource}: ${showFigure(now, 'ratio')} in use, at most ${showFigure(peak, 'ratio')}${fullBy === undefined ? '' : `, full by ${fullBy}`}`,
      ),
    ),
  ].join('\n')
}
