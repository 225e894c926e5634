import { indentOf } from '../indentation.ts'
import { unreadable } from '../limits/unreadable.ts'

/** Maximum number of characters that may begin inline markup, per paragraph or row of a table. */
const MAX_MARKS = 2000
const MAX_TABLE_CHARS = 100_000
const GRID_TABLE = /^\s*\+[-=+]+\n/
const DIRECTIVE = /^ *\.\. [\w:+-]+::[^\n]*(?:\n +:[\w-]+:[^\n]*)*$/
/** A line above, within or below a table without vertical lines. */
const BORDER = /^ *=+(?: +=+)+$/

/**
 * Rejects two constructs for which the parser takes quadratic time and cannot be interrupted. One
 * is a paragraph or row with many characters that may begin inline markup, because the parser
 * searches for the end of each (2,000 take 0.2 s). The other is a table drawn with lines (100 KB
 * take 1 s). Real paragraphs have a few dozen such characters.
 */
export function checkSize(text: string): void {
  let above = ''
  for (const paragraph of text.split(/\n[^\S\n]*\n/)) {
    if (GRID_TABLE.test(paragraph)) {
      if (paragraph.length > MAX_TABLE_CHARS) throw unreadable(`A table has more than ${MAX_TABLE_CHARS} characters`)
    } else if (countMarks(paragraph) > MAX_MARKS && !(isAligned(paragraph, above) && hasShortRows(paragraph)))
      throw unreadable(`A paragraph has more than ${MAX_MARKS} inline markup characters`)
    if (paragraph.trim() !== '') above = paragraph
  }
}

function countMarks(text: string): number {
  return text.match(/[*`[]|\|(?=\S)/g)?.length ?? 0
}

/** The parser reads a table that is indented in other places as a paragraph. */
function isAligned(paragraph: string, above: string): boolean {
  return indentOf(paragraph.replace(/^\n+/, '')) === 0 || DIRECTIVE.test(above)
}

/** Returns whether a paragraph is a table, each row of which may be parsed. */
function hasShortRows(paragraph: string): boolean {
  const lines = paragraph.replace(/^\n+|\s+$/g, '').split('\n')
  const borders = lines.filter(line => BORDER.test(line)).length
  if (borders < 2 || borders > 3 || !BORDER.test(lines[0]!) || !BORDER.test(lines.at(-1)!)) return false
  const margin = indentOf(lines[0]!)
  let marks = 0
  return lines.every(line => {
    // A line whose first column is empty continues the row above it.
    marks = countMarks(line) + (indentOf(line) > margin ? marks : 0)
    return marks <= MAX_MARKS
  })
}
