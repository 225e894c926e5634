import { OMISSION } from '../../text/omission.ts'
import { cellsOf, plainCell } from '../../text/table-cells.ts'

/** A table with more columns, or with a longer row, is wide. Lengths are in UTF-16 code units. */
const MAX_COLUMNS = 4
const MAX_ROW = 200
/** Cells of this length cost little room, and are often what is asked for: a default, a type. */
const SHORT_CELL = 25
/** Columns that are compared with the question. A row of bars alone has thousands. */
const MAX_READ_COLUMNS = 100
const RULE_LINE = /\n[\s|:-]*$/

/** Writes rows of a table. Plain text has neither edges nor the rule below the header. */
export interface TableWriter {
  header(written: string): string
  row(written: string): string
  plainHeader(written: string): string
  plainRow(written: string): string
}

/**
 * Creates the writer of the quoted rows of a table. Of a wide one, it keeps the first column, which
 * usually names the row, and those in whose header or cells `isAsked` finds something; the first
 * ones if there are none. Short ones of a table with few columns are kept. A column `…` is the mark
 * of the others.
 */
export function createTableWriter(header: string, rows: readonly string[], isAsked: (cell: string) => boolean): TableWriter {
  const columns = chooseColumns(cellsOf(header.replace(RULE_LINE, '')), rows.map(cellsOf), isAsked)
  if (columns === undefined) {
    const plainRow = (row: string) => plainOf(cellsOf(row))
    return { header: same, row: same, plainHeader: text => plainRow(text.replace(RULE_LINE, '')), plainRow }
  }
  const pick = (row: string) => {
    const cells = cellsOf(row)
    return columns.map(column => cells[column] ?? '')
  }
  const headerOf = (written: string) => [...pick(written.replace(RULE_LINE, '')), OMISSION]
  return {
    header: written => `| ${headerOf(written).join(' | ')} |\n${'| --- '.repeat(columns.length + 1)}|`,
    row: written => `| ${pick(written).join(' | ')} | |`,
    plainHeader: written => plainOf(headerOf(written)),
    plainRow: written => plainOf(pick(written)),
  }
}

/** Without markup. */
function plainOf(cells: readonly string[]): string {
  return cells.map(plainCell).join(' | ')
}

/** The columns to show, in order. Undefined for all of them. */
function chooseColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  isAsked: (cell: string) => boolean,
): readonly number[] | undefined {
  const isWide = names.length > MAX_COLUMNS || rows.some(row => row.join(' | ').length > MAX_ROW)
  if (!isWide || names.length < 3) return undefined
  const others = [...names.keys()].slice(1, MAX_READ_COLUMNS)
  const named = others.filter(column => isAsked(names[column]!))
  const matching = others.filter(column => !named.includes(column) && rows.some(row => isAsked(row[column] ?? '')))
  const asked = [...named, ...matching].slice(0, MAX_COLUMNS - 1)
  const chosen =
    asked.length > 0 ? asked : others.filter(column => widthOf(rows, column + 1) <= MAX_ROW).slice(0, MAX_COLUMNS - 1)
  const isShort = (column: number) =>
    names.length <= MAX_COLUMNS && !chosen.includes(column) && rows.every(row => (row[column] ?? '').length <= SHORT_CELL)
  const kept = chosen.length > 0 ? [...chosen, ...others.filter(isShort)].slice(0, MAX_COLUMNS - 1) : [1]
  return kept.length === others.length ? undefined : [0, ...kept.sort((a, b) => a - b)]
}

/** The length of the longest row up to a column. */
function widthOf(rows: readonly (readonly string[])[], end: number): number {
  return Math.max(...rows.map(row => row.slice(0, end).join(' | ').length))
}

function same(written: string): string {
  return written
}
