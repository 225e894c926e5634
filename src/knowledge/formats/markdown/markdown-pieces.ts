import { createFenceReader } from './code/fences.ts'

/**
 * Above this size, the parser's time and memory grow faster than the text: 10 MB at once took 57 s
 * and 1.7 GB.
 */
const PIECE_CHARS = 131_072
/** The parser takes quadratic time for quotes, so a text with more is cut into smaller pieces. */
const MAX_QUOTES = 1000
const QUOTES_PIECE_CHARS = 8192

/**
 * A line before which a text can be cut, if it is not code: a heading, or a letter or quote after
 * an empty line. The latter is outside of all lists and quotes.
 */
const HEADING = /^#{1,6} /
const BEGINNING = /^[\p{Letter}>]/u

/**
 * Cuts long Markdown into pieces of about 128 Ki characters that can be parsed separately. Shorter
 * text is not cut. A link whose target is defined in another piece keeps its brackets.
 */
export function* cutMarkdown(text: string): Generator<string> {
  const quotes = text.match(/^>/gm)?.length ?? 0
  const pieceChars = quotes > MAX_QUOTES ? QUOTES_PIECE_CHARS : PIECE_CHARS
  const readFence = createFenceReader()
  let start = 0
  let at = 0
  let isAfterEmpty = false
  for (const line of text.length > pieceChars ? text.split('\n') : []) {
    const isText = readFence(line).kind === 'text'
    const isBeginning = isText && at - start > pieceChars && (HEADING.test(line) || (isAfterEmpty && BEGINNING.test(line)))
    if (isBeginning) {
      yield text.slice(start, at)
      start = at
    }
    isAfterEmpty = line === ''
    at += line.length + 1
  }
  yield text.slice(start)
}
