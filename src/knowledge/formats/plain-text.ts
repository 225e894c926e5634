import { createOutline } from './outline.ts'
import type { Parse } from './parsed-document.ts'

const MAX_TITLE_CHARS = 80
/** A line of at least this length continues on the next line: the text is wrapped. */
const MIN_WRAPPED_CHARS = 50

/**
 * Parses plain text, with paragraphs separated by empty lines. A short first line without a full
 * stop is the title. Lines that were wrapped at a width are joined.
 */
export const parsePlainText: Parse = text => {
  const outline = createOutline()
  const paragraphs = text.split(/\n[^\S\n]*\n/).map(paragraph => paragraph.trim())
  const title = paragraphs.find(paragraph => paragraph !== '')
  for (const paragraph of paragraphs) outline.prose(unwrap(paragraph))
  return outline.finish(title !== undefined && looksLikeTitle(title) && paragraphs.length > 1 ? title : undefined)
}

/**
 * Joins a line with the one before, unless that is short or the line begins an item or is indented.
 */
function unwrap(paragraph: string): string {
  const lines: string[] = []
  let length = 0
  for (const line of paragraph.split('\n')) {
    if (length >= MIN_WRAPPED_CHARS && /^[\p{L}\p{N}("'“‘«]/u.test(line) && !/^\d+[.)] /.test(line))
      lines[lines.length - 1] += ` ${line}`
    else lines.push(line)
    length = line.length
  }
  return lines.join('\n')
}

/**
 * A title is a single line. Unlike a sentence or an introduction to a list, it has no punctuation
 * at the end except a question mark.
 */
function looksLikeTitle(paragraph: string): boolean {
  return paragraph.length <= MAX_TITLE_CHARS && !paragraph.includes('\n') && /[\p{Letter}\p{Number})?"'»”]$/u.test(paragraph)
}
