import type { RstDirective } from 'rst-compiler'
import { readCsv } from '../tables/csv.ts'
import { bodyOf, optionOf } from './directive-parts.ts'
import type { Writing } from './directives.ts'
import { joinText, shownText } from './inline-text.ts'
import { MARK } from './marks.ts'

/** Writes a `csv-table`. */
export function writeCsvTable(directive: RstDirective, title: string, { outline, references }: Writing): void {
  const header = optionOf(directive, 'header')
  if (title !== '') outline.prose(`${title}:`)
  const body = bodyOf(directive)
    .map(node => shownText(node, references))
    .join('\n')
  const delimiter = delimiterOf(optionOf(directive, 'delim'))
  for (const cells of readCsv(header, delimiter)) outline.row(cells, true)
  const headerRows = Number(optionOf(directive, 'header-rows')) || 0
  for (const [i, cells] of readCsv(body, delimiter).entries()) {
    const shown = cells.map(cell => cell.replace(/\s+/g, ' '))
    outline.row(shown, i < headerRows)
  }
  outline.endGroup()
}

/** `:delim:` is a character or its name. */
function delimiterOf(written: string): string {
  if (written === 'tab') return '\t'
  return written === 'space' ? ' ' : written.charAt(0) || ','
}

/** Writes a `list-table`. */
export function writeListTable(directive: RstDirective, title: string, { outline, references }: Writing): void {
  const headerRows = Number(optionOf(directive, 'header-rows')) || 0
  if (title !== '') outline.prose(`${title}:`)
  const list = directive.children.find(({ nodeType }) => nodeType === 'BulletList')
  for (const [i, row] of (list?.children ?? []).entries()) {
    const cells = row.children.flatMap(({ children }) => children)
    outline.row(
      cells.map(cell => joinText([cell], references).replace(MARK, '').trim()),
      i < headerRows,
    )
  }
  outline.endGroup()
}
