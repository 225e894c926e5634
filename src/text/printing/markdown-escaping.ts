import { type ReplyText, reply, titleText } from '../../reply-text.ts'
import { redactPath } from './path-redaction.ts'

/** A word, which may contain HTML tags or placeholders in angle brackets. */
const WORD = /(?:<[/!]?\p{L}[^<>\n]{0,200}>|\S)+/gu
/** Marks that Markdown would read: a tag, an asterisk, an underscore at the edge of a word. */
const MARKS = /<[/!]?\p{L}|\*|^_|_$/u
/** Without one of these, a text has no such marks. */
const MAY_HAVE_MARKS = /[<*_`]/
const PUNCTUATION = /^([("'“[]*)(.*?)([)"'”\].,;:!?]*)$/su
/** The start of a line that Markdown would read as a heading, quotation, list, rule or target. */
const BLOCK_START = /^(\s*)(\[(?=[^\]]{1,999}\]:)|#{1,6}(?=\s)|>|[-+](?=\s)|={3,}|-{3,}|\d+(?=[.)]\s))/gm
/** An address of a page in characters that make no HTML, image or other link. */
const PAGE_URL = /^https?:\/\/[\w./?#:@!$&'+,;=%~-]+$/

/**
 * Writes plain text as Markdown: words that contain marks, such as `<name>` or `*args`, become code
 * spans.
 */
export function escapeMarkdown(text: string): string {
  return escapeWords(text).replace(BLOCK_START, (_, space: string, mark: string) =>
    /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
  )
}

/** The same for a text within a line, where no line can begin with a mark. */
export function escapeWords(text: string): string {
  const marked = MAY_HAVE_MARKS.test(text) ? text.replace(WORD, escapeWord) : text
  return marked.replaceAll('](', ']\\(')
}

/** A text within a line. It may be a part of a longer text, so logs omit it. */
export function escapedText(plain: string): ReplyText {
  return { ...reply`${plain}`, text: escapeWords(plain) }
}

/** The title of a document within a line. `cut` shortens it. */
export function escapedTitle(title: string, cut: (title: string) => string): ReplyText {
  return titleText(title, text => escapeWords(cut(text)), cut)
}

/**
 * The place of a passage. The URL of a page stays as it is, so that programs can link to it. Logs
 * hold it too, without segments that contain a secret.
 */
export function locationText(location: string): ReplyText {
  const shown = PAGE_URL.test(location) ? reply`${location}` : escapedText(location)
  return { ...shown, toLog: redact => redactPath(location, redact) }
}

function escapeWord(word: string): string {
  // A backtick of the text could end a code span that is written here, or begin one before it.
  if (word.includes('`')) return word.replace(/[\\`<*_]/g, '\\$&')
  if (!MARKS.test(word.replace(/[)"'”\].,;:!?]+$/, ''))) return word
  const [, before = '', inner = '', after = ''] = PUNCTUATION.exec(word) ?? []
  // A bracket that the word itself opens belongs to it: `print(*args)`.
  const closing = /[([]/.test(inner) ? (/^[)\]]+/.exec(after)?.[0] ?? '') : ''
  return inner === '' ? `\\${word}` : `${before}\`${inner}${closing}\`${after.slice(closing.length)}`
}
