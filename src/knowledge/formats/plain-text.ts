import { createOutline } from './outline.ts'
import type { Parse } from './parsed-document.ts'

const MAX_TITLE_CHARS = 80

/**
 * Parses plain text, with paragraphs separated by empty lines. A short first line without a full
 * stop is the title.
 */
export const parsePlainText: Parse = text => {
  const outline = createOutline()
  const paragraphs = text.split(/\n[^\S\n]*\n/).map(paragraph => paragraph.trim())
  const title = paragraphs.find(paragraph => paragraph !== '')
  for (const paragraph of paragraphs) outline.block(paragraph)
  return outline.finish(title !== undefined && looksLikeTitle(title) && paragraphs.length > 1 ? title : undefined)
}

/**
 * A title is a single line. Unlike a sentence or an introduction to a list, it has no punctuation
 * at the end except a question mark.
 */
function looksLikeTitle(paragraph: string): boolean {
  return paragraph.length <= MAX_TITLE_CHARS && !paragraph.includes('\n') && /[\p{Letter}\p{Number})?"'»”]$/u.test(paragraph)
}
