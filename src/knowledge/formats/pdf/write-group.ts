import type { Outline } from '../outline.ts'
import { BULLET, type LineGroup, NUMBER } from './line-groups.ts'
import { type HyphenatedWords, joinLines } from './line-joining.ts'
import { type Line, textOf } from './pdf-lines.ts'

const MAX_COLUMN_GAP = 60
/** The end of the sentence that a page begins with. */
const SENTENCE_END = /[.!?:。！？]["')\]»”]*(?=\s|$)/u

/** Writes a group of lines to an outline. Each block has its page as its anchor. */
export function writeGroup(group: LineGroup, outline: Outline, hyphenated: HyphenatedWords): void {
  const { kind, depth, lines } = group
  const join = (some: readonly Line[]) => some.map(textOf).reduce((text, line) => joinLines(text, line, hyphenated))
  const anchor = `page=${lines[0]!.page}`
  if (kind !== 'item') outline.endGroup()
  outline.anchorBlocks(anchor)
  switch (kind) {
    case 'heading':
      outline.heading(depth, join(lines), anchor)
      break
    case 'code':
      outline.code(codeOf(lines))
      break
    case 'item':
      outline.line(join(lines).replace(BULLET, '- ').replace(NUMBER, markerOf))
      break
    case 'prose':
      writeProse(lines, outline, hyphenated)
      break
    case 'table':
      for (const [i, { cells, font }] of lines.entries())
        outline.row(
          cells.map(({ text }) => text.trim()),
          i === 0 && font !== lines[1]?.font,
        )
      outline.endGroup()
  }
}

/** Writes a paragraph. One that continues on further pages is divided after a sentence. */
function writeProse(lines: readonly Line[], outline: Outline, hyphenated: HyphenatedWords): void {
  const pages = [...Map.groupBy(lines, ({ page }) => page)]
  let text = ''
  for (const [i, [page, pageLines]] of pages.entries()) {
    const rest = pageLines.map(textOf).reduce((joined, line) => joinLines(joined, line, hyphenated))
    const end = i === 0 ? 0 : endOfSentence(rest)
    if (i > 0) text = joinLines(text, rest.slice(0, end), hyphenated)
    if (i === 0) text = rest
    else if (end < rest.length) {
      outline.prose(text)
      outline.anchorBlocks(`page=${page}`)
      text = rest.slice(end).trim()
    }
  }
  outline.prose(text)
}

function endOfSentence(text: string): number {
  const match = SENTENCE_END.exec(text)
  return match === null ? text.length : match.index + match[0].length
}

/** Items with letters become items with a bullet that begin with the letter. */
function markerOf(marker: string): string {
  const number = /\w+/.exec(marker)?.[0] ?? ''
  return /\d/.test(number) ? `${number}. ` : `- (${number}) `
}

/** Restores the indentation and the empty lines of code. */
function codeOf(lines: readonly Line[]): string {
  const left = Math.min(...lines.map(({ cells }) => cells[0]!.x))
  return lines
    .map((line, i) => {
      const before = lines[i - 1]
      const { x, right, text } = line.cells[0]!
      const width = (right - x) / Math.max(1, text.length) || line.size * 0.6
      const gap = before?.page === line.page ? (line.y - before.y) / line.size : 0
      const shown = line.cells.reduce((code, cell) => {
        const column = Math.round((cell.x - left) / width)
        return (
          code.padEnd(Math.min(column, code.length + MAX_COLUMN_GAP)) +
          (code === '' || column > code.length ? '' : ' ') +
          cell.text
        )
      }, '')
      return (gap > 1.8 ? '\n' : '') + (line.cells[0]!.x === left ? shown.trimStart() : shown)
    })
    .join('\n')
}
