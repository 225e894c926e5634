import type { HeadingDepth } from './line-groups.ts'
import { type PageStyle, roundSize } from './page-style.ts'
import { isCode, type Line, textOf } from './pdf-lines.ts'

/** The titles of a document's bookmarks with their depths, from 1. */
export type Bookmarks = ReadonlyMap<string, number>

const MAX_HEADING_CHARS = 200
/** Bold lines of the body's size are headings if they are short and apart. */
const MAX_BOLD_CHARS = 90
const DEEPEST = 6
const CAPTION = /^(?:figure|fig\.|table|listing|note|warning|tip|example|abbildung|tabelle|hinweis)\b/i

/**
 * Returns a function that finds headings: titles of bookmarks, lines that are larger than most of
 * the text, and short lines in another font above a paragraph.
 */
export function createHeadingDepth(style: PageStyle, bookmarks: Bookmarks): HeadingDepth {
  let isBeforeBookmarks = true
  return (line, before, after) => {
    const text = textOf(line)
    if (!/\p{L}/u.test(text) || text.length > MAX_HEADING_CHARS || isCode(line)) return undefined
    const bookmarked = line.size >= style.size * 0.95 ? bookmarks.get(keyOf(text)) : undefined
    if (bookmarked !== undefined) {
      isBeforeBookmarks = false
      return bookmarked
    }
    const rank = style.headingSizes.indexOf(roundSize(line.size))
    const isLarge = rank !== -1 || roundSize(line.size) > (style.headingSizes.at(-1) ?? Number.POSITIVE_INFINITY)
    if (isLarge && bookmarks.size > 0) return !isBeforeBookmarks ? DEEPEST : rank === 0 ? 1 : undefined
    if (isLarge) return rank === -1 ? DEEPEST - 1 : rank + 1
    return isBoldHeading(line, style, before, after) ? DEEPEST : undefined
  }
}

/** Returns the form of a title that is compared. Numbers of chapters may differ. */
export function keyOf(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^(?:chapter |appendix )?[\d.]*(?=\s|\p{L})/u, '')
    .replace(/[\s.:]+/g, '')
}

function isBoldHeading(line: Line, style: PageStyle, before: Line | undefined, after: Line | undefined): boolean {
  const text = textOf(line)
  if (!line.isUniform || line.font === style.font || line.cells.length > 1 || line.size < style.size * 0.95) return false
  if (text.length > MAX_BOLD_CHARS || !/^[\p{Lu}\p{N}\p{Lo}]/u.test(text) || /[.,;:!]$/.test(text) || CAPTION.test(text))
    return false
  if (after === undefined || after.page !== line.page || after.font === line.font || isCode(after)) return false
  const gap = before?.page === line.page && before.y < line.y ? (line.y - before.bottom) / line.size : undefined
  return gap === undefined || gap > style.leading * 1.2
}
