import type { Report } from './report.ts'
import { showChange, showFigure, showSpan, showTimes, titleOf } from './show.ts'

/** A report as Markdown. */
export function toMarkdown({
  kind,
  host,
  from,
  to,
  coverage,
  summary,
  figures,
  alerts,
  review,
  capacity,
  actions,
}: Report): string {
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''])
  const bullets = (lines: readonly string[]) => lines.map(line => `- ${line}`)
  const shown = (value: number | undefined, unit: Parameters<typeof showFigure>[1]) =>
    value === undefined ? '–' : showFigure(value, unit)
  return [
    `# ${titleOf(kind, from, to)}`,
    '',
    `Server ${host}.${coverage < 0.99 ? ` There are metrics for ${showFigure(coverage, 'ratio')} of the time.` : ''}`,
    '',
    ...bullets(summary),
    '',
    ...section('What to do', bullets(actions)),
    ...section('Figures', [
      `| | ${kind === 'daily' ? 'This day' : 'This week'} | Before | Change | Largest changes |`,
      '|---|---|---|---|---|',
      ...figures.map(
        ({ name, unit, value, before, contributors }) =>
          `| ${name} | ${shown(value, unit)} | ${shown(before, unit)} | ${showChange(value, before, unit)} | ${contributors.join(', ')} |`,
      ),
    ]),
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
