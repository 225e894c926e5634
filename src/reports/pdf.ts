import pdfmake from 'pdfmake'
import type { Report } from './report.ts'
import { titleOf } from './show.ts'
import { introduce, type Table, tableOfAlerts, tableOfCapacity, tableOfFigures } from './tables.ts'

/** The fonts that every reader has. */
const FONTS = {
  Helvetica: { normal: 'Helvetica', bold: 'Helvetica-Bold', italics: 'Helvetica-Oblique', bolditalics: 'Helvetica-BoldOblique' },
}
const CHART_WIDTH = 480

/** A report as PDF, of one or two pages of A4. */
export async function toPdf(report: Report, charts: readonly string[]): Promise<Uint8Array> {
  const { kind, from, to, summary, review, actions } = report
  const heading = (text: string) => ({ text, style: 'heading' })
  const list = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [heading(title), { ul: lines.map(plain) }])
  const table = ({ title, head, rows }: Table) =>
    rows.length === 0
      ? []
      : [
          heading(title),
          {
            layout: 'lightHorizontalLines',
            table: {
              headerRows: 1,
              widths: [...head.slice(1).map(() => 'auto' as const), '*' as const],
              body: [head.map(text => ({ text, bold: true })), ...rows.map(row => row.map(plain))],
            },
          },
        ]
  pdfmake.addFonts(FONTS)
  // Nothing is fetched or read, apart from the fonts.
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(path => Object.values(FONTS.Helvetica).includes(path))
  const document = pdfmake.createPdf({
    info: { title: titleOf(kind, from, to), creator: 'Pellucid' },
    pageSize: 'A4',
    pageMargins: [50, 45, 50, 45],
    defaultStyle: { font: 'Helvetica', fontSize: 9.5, lineHeight: 1.2 },
    styles: { heading: { fontSize: 12, bold: true, margin: [0, 12, 0, 4] } },
    content: [
      { text: titleOf(kind, from, to), fontSize: 16, bold: true },
      { text: introduce(report), color: '#555', margin: [0, 0, 0, 8] },
      { ul: summary.map(plain) },
      ...list('What to do', actions),
      ...table(tableOfFigures(report)),
      ...report.charts.map(({ title }, i) => ({
        unbreakable: true,
        stack: [
          { text: title, bold: true, margin: [0, 10, 0, 2] as [number, number, number, number] },
          ...(charts[i] === undefined ? [] : [{ svg: charts[i], width: CHART_WIDTH }]),
        ],
      })),
      ...table(tableOfAlerts(report)),
      ...list('Thresholds', review),
      ...table(tableOfCapacity(report)),
    ],
  })
  return new Uint8Array(await document.getBuffer())
}

/** Without the signs that the fonts lack. */
function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll(/[−–]/g, '-')
}
