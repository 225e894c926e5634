import type { PDFPageProxy } from 'unpdf/pdfjs'

/** A line of text on a page. Coordinates are in points, from the page's upper left corner. */
export interface Line {
  /** From 1. */
  readonly page: number
  /** Parts of the line that are separated by wide gaps: the cells of a table's row. */
  readonly cells: Cell[]
  readonly y: number
  /** The baseline of the last line of a row whose cells have several lines. */
  bottom: number
  /** Size and font of the first text that is not a bullet. */
  size: number
  font: string
  /** Whether the whole line is in one font. */
  isUniform: boolean
  /** Number of characters, in all and in a font for code. */
  chars: number
  codeChars: number
}

export interface Cell {
  readonly x: number
  right: number
  text: string
}

type TextContent = Awaited<ReturnType<PDFPageProxy['getTextContent']>>
type TextItem = Extract<TextContent['items'][number], { readonly str: string }>

/** A gap of this many font sizes separates cells; a smaller one above the second is a space. */
const CELL_GAP = 1
const SPACE_GAP = 0.15
/** The number of an item or section is this far from its text. */
const NUMBER_GAP = 0.5
/** A bullet or number of an item. */
const MARKER = /^(?:\W|\(?(?:\d{1,2}|[a-z])[.)]|o)$/
/** A row of a table has at most this many lines. */
const MAX_ROW_LINES = 8

/** A line is code if this share of its characters is in a font for code. */
const MIN_CODE_SHARE = 0.8

/** Returns whether a line is code. */
export function isCode({ chars, codeChars }: Line): boolean {
  return codeChars >= MIN_CODE_SHARE * chars
}

/** Returns the lines of a page in the order in which the page draws them. */
export async function readLines(page: PDFPageProxy): Promise<Line[]> {
  const content = await page.getTextContent()
  const { transform } = page.getViewport({ scale: 1 })
  const lines: Line[] = []
  for (const item of content.items) {
    if (!('str' in item) || item.str.trim() === '') continue
    addItem(lines, place(item, transform, content.styles, page.pageNumber))
  }
  return lines
}

interface Placed extends Omit<Line, 'cells' | 'bottom'> {
  readonly cell: Cell
}

/** Applies the page's rotation and origin. */
function place(item: TextItem, view: readonly number[], styles: TextContent['styles'], page: number): Placed {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = view
  const [, , itemC, itemD, itemX, itemY] = item.transform as number[]
  const chars = item.str.trim().length
  const x = a * itemX! + c * itemY! + e
  return {
    page,
    cell: { x, right: x + item.width, text: item.str.replace(/\s+/g, ' ') },
    y: b * itemX! + d * itemY! + f,
    size: Math.hypot(itemC!, itemD!),
    font: item.fontName,
    isUniform: true,
    chars,
    codeChars: styles[item.fontName]?.fontFamily === 'monospace' ? chars : 0,
  }
}

function addItem(lines: Line[], item: Placed): void {
  const last = lines.at(-1)
  if (last !== undefined && isOnLine(last, item)) {
    extend(last, item)
    return
  }
  const row = findRow(lines, item)
  if (row !== undefined) {
    collapse(lines, row)
    row.cells.push(item.cell)
    count(row, item)
    return
  }
  const { cell, ...line } = item
  lines.push({ ...line, cells: [cell], bottom: item.y })
}

function isOnLine(line: Line, { cell, y, size }: Placed): boolean {
  const height = Math.max(line.size, size)
  return Math.abs(line.y - y) < height / 2 && cell.x >= line.cells.at(-1)!.right - height / 2
}

function extend(line: Line, item: Placed): void {
  const { cell, size } = item
  const last = line.cells.at(-1)!
  const gap = (cell.x - last.right) / Math.max(line.size, size)
  if (gap > NUMBER_GAP && /^\d{1,2}$/.test(last.text.trim()) && line.cells.length === 1) last.text = `${last.text.trim()}.`
  // A bullet belongs to the text after it.
  if (gap > CELL_GAP && !(line.cells.length === 1 && MARKER.test(last.text.trim()))) line.cells.push(cell)
  else {
    const isApart = gap > SPACE_GAP && !/\s$/.test(last.text) && !cell.text.startsWith(' ')
    // The columns of monospaced text are kept.
    const space = isCode(line) ? ' '.repeat(Math.max(1, Math.round(gap / 0.6))) : ' '
    last.text += (isApart ? space : '') + cell.text
    last.right = cell.right
  }
  count(line, item)
}

function count(line: Line, { font, size, chars, codeChars }: Placed): void {
  if (line.chars <= 2 && line.cells.length === 1) {
    line.font = font
    line.size = size
  }
  line.isUniform &&= line.font === font
  line.chars += chars
  line.codeChars += codeChars
}

/**
 * Returns the line that an item continues after the lines of the cell before it: a row of a table
 * is drawn cell by cell.
 */
function findRow(lines: readonly Line[], { cell, y, size, page }: Placed): Line | undefined {
  for (let i = lines.length - 2; i >= Math.max(0, lines.length - 1 - MAX_ROW_LINES); i--) {
    const line = lines[i]!
    if (line.page !== page || Math.abs(line.y - y) > size * 0.3) continue
    const column = line.cells.at(-1)!
    const between = lines.slice(i + 1)
    const isCell = between.every(
      ({ cells: [only], y: below }) => below > line.y && only!.x >= column.x - size && only!.right < cell.x,
    )
    return isCell && column.right < cell.x ? line : undefined
  }
  return undefined
}

/** Appends the lines after a row to its last cell. */
function collapse(lines: Line[], row: Line): void {
  const column = row.cells.at(-1)!
  for (const { cells, bottom } of lines.splice(lines.indexOf(row) + 1)) {
    for (const { text, right } of cells) {
      column.text += ` ${text}`
      column.right = Math.max(column.right, right)
    }
    row.bottom = Math.max(row.bottom, bottom)
  }
}

/** Returns the text of a line. */
export function textOf({ cells }: Line): string {
  return cells
    .map(({ text }) => text.trim())
    .join(' ')
    .trim()
}
