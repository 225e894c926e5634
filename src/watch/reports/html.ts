import { drawChart } from './charts.ts'
import type { Report } from './report.ts'
import { titleOf } from './show.ts'
import { introduce, type Table, tableOfAlerts, tableOfCapacity, tableOfFigures } from './tables.ts'

const CELL = 'style="padding:4px 14px 4px 0;vertical-align:top;border-bottom:1px solid #ddd"'
const NUMBER =
  'style="padding:4px 14px 4px 0;text-align:right;white-space:nowrap;vertical-align:top;border-bottom:1px solid #ddd"'

/**
 * A report as one page of HTML. Styles are inline and layout is in tables, as mail clients need it.
 * Without its charts, which some of them leave out, the page still says everything.
 */
export function toHtml(report: Report): string {
  const { kind, from, to, summary, review, actions } = report
  const title = titleOf(kind, from, to)
  const figures = tableOfFigures(report)
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>`,
    '<body style="margin:0 auto;max-width:700px;padding:16px;font:15px/1.5 Helvetica,Arial,sans-serif;color:#1a1a1a;background:#fff">',
    `<h1 style="font-size:22px;margin:0">${escaped(title)}</h1>`,
    `<p style="margin:0 0 12px;color:#555">${escaped(introduce(report))}</p>`,
    list(summary),
    ...(actions.length === 0 ? [] : [heading('What to do'), list(actions)]),
    ...table({ ...figures, rows: figures.rows.map(row => row.map(escaped)).map(emphasized) }),
    ...report.charts.map(
      chart => `<h3 style="font-size:14px;margin:16px 0 0">${escaped(chart.title)}</h3>\n<div>${drawChart(chart)}</div>`,
    ),
    ...plainTable(tableOfAlerts(report)),
    ...(review.length === 0 ? [] : [heading('Thresholds'), list(review)]),
    ...plainTable(tableOfCapacity(report)),
    '</body></html>',
  ].join('\n')
}

/** The value of this period is in bold, if there is one. */
function emphasized([name = '', value = '', ...others]: readonly string[]): readonly string[] {
  return [name, /\d/.test(value) ? `<b>${value}</b>` : value, ...others]
}

function heading(text: string): string {
  return `<h2 style="font-size:17px;margin:20px 0 4px">${escaped(text)}</h2>`
}

function list(lines: readonly string[]): string {
  const items = lines.map(line => `<li>${escaped(line).replace(/`([^`]+)`/g, '<code>$1</code>')}</li>`)
  return `<ul style="margin:4px 0;padding-left:20px">${items.join('')}</ul>`
}

function plainTable({ rows, ...others }: Table): readonly string[] {
  return table({ ...others, rows: rows.map(row => row.map(escaped)) })
}

/** A table of HTML cells, with its heading. Nothing without rows. */
function table({ title, head, rows }: Table): readonly string[] {
  if (rows.length === 0) return []
  const cells = (row: readonly string[], tag: 'td' | 'th') =>
    row.map((cell, i) => `<${tag} ${i > 0 && i < 4 ? NUMBER : CELL}>${cell}</${tag}>`).join('')
  return [
    heading(title),
    `<table style="border-collapse:collapse;font-size:14px"><tr>${cells(head, 'th')}</tr>${rows.map(row => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`,
  ]
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
