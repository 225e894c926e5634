import type { Figure, Report } from './report.ts'
import { isNotable, showChange, showFigure, showSpan, titleOf } from './show.ts'

const CELL = 'style="padding:4px 14px 4px 0;vertical-align:top;border-bottom:1px solid #ddd"'
const NUMBER =
  'style="padding:4px 14px 4px 0;text-align:right;white-space:nowrap;vertical-align:top;border-bottom:1px solid #ddd"'

/**
 * A report as one page of HTML. Styles are inline and layout is in tables, as mail clients need it.
 * Without its charts, which some of them leave out, the page still says everything.
 */
export function toHtml(report: Report, charts: readonly string[]): string {
  const { kind, host, from, to, coverage, summary, figures, alerts, review, capacity, actions } = report
  const title = titleOf(kind, from, to)
  const past = kind === 'daily' ? 'Day before' : 'Week before'
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>`,
    '<body style="margin:0 auto;max-width:700px;padding:16px;font:15px/1.5 Helvetica,Arial,sans-serif;color:#1a1a1a;background:#fff">',
    `<h1 style="font-size:22px;margin:0">${escaped(title)}</h1>`,
    `<p style="margin:0 0 12px;color:#555">Pellucid on ${escaped(host)}${coverage < 0.99 ? `. There are metrics for ${showFigure(coverage, 'ratio')} of the time` : ''}</p>`,
    list(summary),
    ...(actions.length === 0 ? [] : [heading('What to do'), list(actions)]),
    heading('Figures'),
    table(
      ['', kind === 'daily' ? 'This day' : 'This week', past, 'Change', 'Largest changes'],
      figures.map(figure => [
        escaped(figure.name),
        shown(figure.value, figure.unit, text => `<b>${text}</b>`),
        shown(figure.before, figure.unit),
        `${showChange(figure.value, figure.before, figure.unit)}${verdict(figure)}`,
        escaped(figure.contributors.join(', ')),
      ]),
    ),
    ...report.charts.map(
      ({ title }, i) => `<h3 style="font-size:14px;margin:16px 0 0">${escaped(title)}</h3>\n<div>${charts[i] ?? ''}</div>`,
    ),
    ...(alerts.length === 0
      ? []
      : [
          heading('Alerts'),
          table(
            ['', 'Fired', past, 'Resolved after', ''],
            alerts.map(({ title, fired, firedBefore, meanTimeToResolveS: seconds }) => [
              escaped(title),
              String(fired),
              String(firedBefore),
              seconds === undefined ? '–' : showSpan(seconds),
              '',
            ]),
          ),
        ]),
    ...(review.length === 0 ? [] : [heading('Thresholds'), list(review)]),
    ...(capacity.length === 0
      ? []
      : [
          heading('Capacity'),
          table(
            ['', 'In use', 'At most', 'Full by', ''],
            capacity.map(({ resource, now, peak, fullBy }) => [
              escaped(resource),
              showFigure(now, 'ratio'),
              showFigure(peak, 'ratio'),
              fullBy ?? '–',
              '',
            ]),
          ),
        ]),
    '</body></html>',
  ].join('\n')
}

function shown(value: number | undefined, unit: Figure['unit'], wrap = (text: string) => text): string {
  return value === undefined ? '–' : wrap(showFigure(value, unit))
}

function heading(text: string): string {
  return `<h2 style="font-size:17px;margin:20px 0 4px">${escaped(text)}</h2>`
}

function list(lines: readonly string[]): string {
  const items = lines.map(line => `<li>${escaped(line).replace(/`([^`]+)`/g, '<code>$1</code>')}</li>`)
  return `<ul style="margin:4px 0;padding-left:20px">${items.join('')}</ul>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: 'td' | 'th') =>
    row.map((cell, i) => `<${tag} ${i > 0 && i < 4 ? NUMBER : CELL}>${cell}</${tag}>`).join('')
  return `<table style="border-collapse:collapse;font-size:14px"><tr>${cells(head, 'th')}</tr>${rows.map(row => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`
}

/** In words and not by colour. */
function verdict({ value, before, unit, moreIsBetter }: Figure): string {
  if (value === undefined || before === undefined || moreIsBetter === undefined || !isNotable(value, before, unit)) return ''
  return value > before === moreIsBetter ? ', better' : ', worse'
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
