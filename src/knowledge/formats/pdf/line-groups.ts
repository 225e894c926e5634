import { type PageStyle, roundSize } from './page-style.ts'
import { type Cell, isCode, type Line, textOf } from './pdf-lines.ts'

/** Consecutive lines that form a heading, paragraph, list item, piece of code or table. */
export interface LineGroup {
  readonly kind: 'heading' | 'prose' | 'item' | 'code' | 'table'
  /** Depth of a heading, from 1. */
  readonly depth: number
  readonly lines: Line[]
}

/** Returns the depth of a line that is a heading, and undefined for other lines. */
export type HeadingDepth = (line: Line, before: Line | undefined, after: Line | undefined) => number | undefined

/** A bullet, or the number of an item. Symbol fonts have their bullets in the private use area. */
export const BULLET = /^[•◦▪▫‣●○■□∙·–—\uE000-\uF8FF*-]\s+(?=\S)/u
export const NUMBER = /^\(?(?:\d{1,2}|[a-z]|[ivx]{2,5})[.)]\s+(?=\S)/
/** Lines are this much further apart between paragraphs than within them. */
const PARAGRAPH_GAP = 1.25
const CODE_GAP = 4

/** Groups the lines of a document. */
export function groupLines(lines: readonly Line[], style: PageStyle, headingDepth: HeadingDepth): LineGroup[] {
  const groups: LineGroup[] = []
  for (const [i, line] of lines.entries()) {
    const group = groups.at(-1)
    const depth = headingDepth(line, lines[i - 1], lines[i + 1])
    const kind =
      depth !== undefined ? 'heading' : kindOf(line, group?.kind === 'table' ? group.lines.at(-1) : lines[i - 1], lines[i + 1])
    if (group !== undefined && belongs(group, line, { kind, depth }, style)) group.lines.push(line)
    else if (group?.kind === 'table' && isRestOfRow(group, line, style)) addToRow(group.lines.at(-1)!, line)
    else groups.push({ kind, depth: depth ?? 0, lines: [line] })
  }
  return groups
}

function kindOf(line: Line, before: Line | undefined, after: Line | undefined): LineGroup['kind'] {
  if (isCode(line) && !isInSentence(line, before, after)) return 'code'
  if (line.cells.length > 1 && [before, after].some(other => other !== undefined && isAligned(line, other))) return 'table'
  return BULLET.test(textOf(line)) || NUMBER.test(textOf(line)) ? 'item' : 'prose'
}

function belongs(
  group: LineGroup,
  line: Line,
  { kind, depth }: { readonly kind: LineGroup['kind']; readonly depth: number | undefined },
  style: PageStyle,
): boolean {
  const last = group.lines.at(-1)!
  const gap = line.page === last.page ? (line.y - last.bottom) / line.size : undefined
  switch (group.kind) {
    case 'heading':
      return depth === group.depth && gap !== undefined && gap > 0 && gap < 1.45 && roundSize(last.size) === roundSize(line.size)
    case 'table':
      return kind === 'table' && isAligned(last, line)
    case 'code':
      return kind === 'code' && (gap === undefined || (gap > 0 && gap < CODE_GAP))
    default:
      return (
        (kind === 'prose' || (kind === 'item' && isWrappedNumber(group, line, gap))) && continuesText(group, line, gap, style)
      )
  }
}

/** Whether a line is code only because its part of a sentence consists of names. */
function isInSentence(line: Line, before: Line | undefined, after: Line | undefined): boolean {
  if (before === undefined || isCode(before) || (after !== undefined && isCode(after))) return false
  const gap = line.page === before.page ? (line.y - before.bottom) / line.size : 0
  return gap > 0 && gap < 1.7 && !/[.!?:;]$/.test(textOf(before)) && line.cells[0]!.x <= before.cells[0]!.x + 0.5 * line.size
}

/** A line that begins with a number may continue a sentence that ends with it. */
function isWrappedNumber(group: LineGroup, line: Line, gap: number | undefined): boolean {
  const last = group.lines.at(-1)!
  return (
    NUMBER.test(textOf(line)) && gap !== undefined && /\b(?:to|of|and|or|version|section|chapter|page|is|in)$/i.test(textOf(last))
  )
}

function continuesText(group: LineGroup, line: Line, gap: number | undefined, style: PageStyle): boolean {
  const { lines } = group
  const last = lines.at(-1)!
  if (Math.abs(line.size - last.size) > 0.12 * last.size) return false
  const endsSentence = /[.!?:;。！？：]["')\]»”]?$/.test(textOf(last))
  // A new page or column.
  if (gap === undefined || gap <= 0) return !endsSentence && /^[\p{Ll}(]/u.test(textOf(line))
  if (gap > style.leading * PARAGRAPH_GAP) return false
  const indent = (startOf(line) - startOf(last)) / line.size
  if (group.kind === 'item') return indent > (lines.length === 1 ? -0.3 : -0.6) || !endsSentence
  // The first line of a paragraph may be indented.
  if (lines.length > 1 && indent > 0.8) return false
  const isShort = endOf(last) < Math.max(...lines.map(endOf), endOf(line)) - 0.2 * (endOf(line) - startOf(line))
  return !(endsSentence && isShort)
}

/** Whether the cells of a line are below those of another. */
function isAligned(line: Line, other: Line): boolean {
  if (line.page !== other.page || other.cells.length < 2 || Math.abs(line.y - other.y) > 9 * line.size) return false
  const [few, many] = line.cells.length < other.cells.length ? [line.cells, other.cells] : [other.cells, line.cells]
  return few.every(cell => many.some(above => isBelow(cell, above, line.size)))
}

function isBelow(cell: Cell, above: Cell, size: number): boolean {
  const centre = (one: Cell) => (one.x + one.right) / 2
  return [cell.x - above.x, cell.right - above.right, centre(cell) - centre(above)].some(shift => Math.abs(shift) < 0.6 * size)
}

/** Whether a line is the second line of a cell of the last row. */
function isRestOfRow({ lines }: LineGroup, line: Line, style: PageStyle): boolean {
  const row = lines.at(-1)!
  const gap = (line.y - row.bottom) / line.size
  if (line.page !== row.page || gap <= 0 || gap > style.leading * PARAGRAPH_GAP) return false
  return line.cells.every(cell => row.cells.slice(1).some(above => Math.abs(cell.x - above.x) < line.size))
}

function addToRow(row: Line, line: Line): void {
  for (const cell of line.cells) {
    const above = row.cells.find(({ x }) => Math.abs(cell.x - x) < line.size)
    if (above !== undefined) above.text += ` ${cell.text}`
  }
  row.bottom = line.bottom
}

function startOf({ cells }: Line): number {
  return cells[0]!.x
}

function endOf({ cells }: Line): number {
  return cells.at(-1)!.right
}
