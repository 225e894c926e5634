import { indentOf } from './indentation.ts'
import type { Block } from './parsed-document.ts'
import { fillRow, toRow } from './tables/table-row.ts'
import { type Cell, createTableSpans } from './tables/table-spans.ts'

/** Collects the lines of a list or the rows of a table until the block is complete. */
export interface BlockGroup {
  line(text: string): void
  definition(term: string, text: string): void
  row(cells: readonly Cell[], isHeader: boolean): void
  /** Returns the block and starts a new one; undefined if the group is empty. */
  take(): Block | undefined
}

const ITEM = /^ *(?:-|\d+\.)(?: |$)/
type Row = { readonly cells: readonly string[]; readonly isHeader: boolean }

/** A table with more rows of headers has one that is its header. */
const MAX_HEADERS = 5
const SHORT_NAME = /^\p{Lu}[\p{L} '’-]{0,39}$/u
/** A longer cell is no name of what the next cell describes. */
const MAX_NAME_CHARS = 100

/** Creates an empty group. */
export function createBlockGroup(): BlockGroup {
  let lines: string[] = []
  let rows: Row[] = []
  let hasDefinitions = false
  const spans = createTableSpans()

  return {
    line(text) {
      if (text.trim() !== '') lines.push(text)
    },
    definition(term, text) {
      hasDefinitions = true
      lines.push(`- ${inBold(term)}: ${text}`)
    },
    row(written, isHeader) {
      const cells = spans.fill(written)
      if (cells.some(cell => cell !== '')) rows.push({ cells, isHeader })
    },
    take() {
      const block = rows.length > 0 ? toTable(rows) : toList(lines, hasDefinitions)
      lines = []
      rows = []
      hasDefinitions = false
      spans.end()
      return block
    },
  }
}

/**
 * A table of one column has no relation to keep, so it becomes lines. One of names and texts
 * without a header becomes definitions. Any other table without a header becomes a list, unless its
 * first row looks like the header. Several rows of headers become one.
 */
function toTable(written: readonly Row[]): Block {
  const rows = withoutEmptyColumns(written)
  const columns = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  if (columns === 1) return { kind: 'prose', text: rows.map(({ cells }) => cells[0]).join('\n') }
  if (columns === 2 && rows.every(isDefinition)) return { kind: 'definition', text: rows.map(toDefinition).join('\n') }
  const found = rows.findIndex(({ isHeader }) => !isHeader)
  if (found === 0 && !looksLikeHeader(rows)) return { kind: 'list', text: rows.map(toItem).join('\n') }
  // A table of headers only has one row of them.
  const headers = found < 1 || found > MAX_HEADERS ? 1 : found
  const header = joinHeaders(rows.slice(0, headers))
  const whole = [...header, ...Array<string>(columns - header.length).fill('')]
  const lines = [whole, Array<string>(columns).fill('---'), ...rows.slice(headers).map(({ cells }) => fillRow(cells, columns))]
  return { kind: 'table', text: lines.map(toRow).join('\n') }
}

/**
 * Removes the columns that are empty in all rows. A single cell is a heading between rows, and
 * moves to the first column that is left.
 */
function withoutEmptyColumns(rows: readonly Row[]): readonly Row[] {
  const used = new Set<number>()
  for (const row of rows) if (!isDivider(row)) for (const [column, cell] of row.cells.entries()) if (cell !== '') used.add(column)
  if (used.size === 0) used.add(0)
  const columns = [...used].sort((a, b) => a - b)
  const kept = ({ cells }: Row) => columns.filter(column => column < cells.length).map(column => cells[column]!)
  return rows.map(row => ({ ...row, cells: isDivider(row) && columns[0] !== 0 ? [row.cells[0]!] : kept(row) }))
}

function isDivider({ cells, isHeader }: Row): boolean {
  return !isHeader && cells.length > 1 && cells.every((cell, i) => (cell !== '') === (i === 0))
}

function isDefinition({ cells: [name = ''], isHeader }: Row): boolean {
  return !isHeader && name !== '' && name.length <= MAX_NAME_CHARS
}

/**
 * Returns whether the first row consists of short names, and a column has no such name below: its
 * cells are numbers, signs, code or text.
 */
function looksLikeHeader([first, ...others]: readonly Row[]): boolean {
  const names = first?.cells ?? []
  if (others.length < 2 || names.length < 3 || !names.every(name => SHORT_NAME.test(name))) return false
  const isUnlike = ({ cells }: Row, column: number) => (cells[column] ?? '') !== '' && !SHORT_NAME.test(cells[column]!)
  return names.some((_, column) => others.every(row => isUnlike(row, column)))
}

function toItem({ cells }: Row): string {
  return `- ${cells.filter(cell => cell !== '').join(' – ')}`
}

function toDefinition({ cells: [name = '', text = ''] }: Row): string {
  return text === '' ? `- ${inBold(name)}` : `- ${inBold(name)}: ${text}`
}

/** A term such as `**options` is shown as it is. */
function inBold(term: string): string {
  return /^\*|\*$/.test(term) ? term : `**${term}**`
}

/** Joins the headers above each column. One that spans rows is written once. */
function joinHeaders(rows: readonly Row[]): string[] {
  const columns = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  return Array.from({ length: columns }, (_, i) => [...new Set(rows.map(({ cells }) => cells[i] ?? ''))].join(' ').trim())
}

function toList(lines: readonly string[], hasDefinitions: boolean): Block | undefined {
  const first = lines[0]
  if (first === undefined) return undefined
  if (hasDefinitions) return { kind: 'definition', text: lines.join('\n') }
  // After code in a list item, its text has no marker of its own, and the items below it have one.
  const begin = lines.findIndex(line => ITEM.test(line))
  const text = [
    ...dedent(lines.slice(0, begin === -1 ? lines.length : begin), () => true),
    ...(begin === -1 ? [] : dedent(lines.slice(begin), line => ITEM.test(line))),
  ].join('\n')
  return { kind: begin === -1 ? 'prose' : 'list', text }
}

/** Removes the lowest indentation of the lines that count from all lines. */
function dedent(lines: readonly string[], counts: (line: string) => boolean): readonly string[] {
  const indent = lines.filter(counts).reduce((least, line) => Math.min(least, indentOf(line)), Number.POSITIVE_INFINITY)
  return lines.map(line => line.slice(Math.min(indent, indentOf(line))))
}
