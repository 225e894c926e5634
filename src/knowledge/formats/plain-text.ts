import { createOutline } from './outline.ts'
import type { Parse } from './parsed-document.ts'

const MAX_TITLE_CHARS = 80

/** Parses plain text: paragraphs are what empty lines separate. A short first line that ends as no sentence does is the title. */
export const parsePlainText: Parse = text => {
  const outline = createOutline()
  const paragraphs = text.split(/\n[^\S\n]*\n/).map(paragraph => paragraph.trim())
  const title = paragraphs.find(paragraph => paragraph !== '')
  for (const paragraph of paragraphs) outline.block(paragraph)
  return outline.finish(title !== undefined && looksLikeTitle(title) && paragraphs.length > 1 ? title : undefined)
}

/** A title stands alone on its line. Unlike a sentence or a list's introduction it has no mark at its end, unless it asks. */
function looksLikeTitle(paragraph: string): boolean {
  return paragraph.length <= MAX_TITLE_CHARS && !paragraph.includes('\n') && /[\p{Letter}\p{Number})?"'»”]$/u.test(paragraph)
}
