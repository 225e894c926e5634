import { createSlugger } from './heading-slug.ts'
import { createOutline } from './outline.ts'
import type { Parse } from './parsed-document.ts'

const MAX_TITLE_CHARS = 80
/** A line of at least this length continues on the next line: the text is wrapped. */
const MIN_WRAPPED_CHARS = 50
/** A line of one sign, as long as the heading above it, give or take two characters. */
const UNDERLINE = /^([=\-~^*#+])\1{2,}$/
const MAX_DIFFERENCE = 2

/**
 * Parses plain text, with paragraphs separated by empty lines. Underlined lines are headings. A
 * short first line without a full stop is the title. Lines that were wrapped at a width are joined.
 */
export const parsePlainText: Parse = text => {
  const outline = createOutline()
  const slug = createSlugger()
  /** The signs of the headings so far; the place is the depth. */
  const signs: string[] = []
  const paragraphs = text.split(/\n[^\S\n]*\n/).map(paragraph => paragraph.trim())
  for (const paragraph of paragraphs) {
    const heading = readHeading(paragraph)
    if (heading !== undefined) {
      if (!signs.includes(heading.sign)) signs.push(heading.sign)
      outline.heading(signs.indexOf(heading.sign) + 1, heading.title, slug(heading.title))
    }
    outline.prose(unwrap(heading?.rest ?? paragraph))
  }
  const first = paragraphs.find(paragraph => paragraph !== '') ?? ''
  const title = readHeading(first)?.title ?? (looksLikeTitle(first) && paragraphs.length > 1 ? first : undefined)
  return outline.finish(title)
}

/** Reads the heading at the beginning of a paragraph: a line below it, and perhaps one above it. */
function readHeading(paragraph: string) {
  const lines = paragraph.split('\n', 3).map(line => line.trim())
  const hasLineAbove = UNDERLINE.test(lines[0]!) && lines[0] === lines[2]
  const [title = '', underline = ''] = hasLineAbove ? lines.slice(1) : lines
  const [, sign] = UNDERLINE.exec(underline) ?? []
  if (sign === undefined || title.length > MAX_TITLE_CHARS || !/\p{L}/u.test(title)) return undefined
  if (!hasLineAbove && Math.abs(title.length - underline.length) > MAX_DIFFERENCE) return undefined
  const end = paragraph.indexOf(underline, paragraph.indexOf(title) + title.length) + underline.length
  return { title, sign: hasLineAbove ? sign + sign : sign, rest: paragraph.slice(end).trim() }
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
