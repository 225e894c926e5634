/**
 * Above this size, the parser's time and memory grow faster than the text: 10 MB at once took 57 s
 * and 1.7 GB.
 */
const PIECE_CHARS = 131_072
/** The parser takes quadratic time for quotes, so a text with more is cut into smaller pieces. */
const MAX_QUOTES = 1000
const QUOTES_PIECE_CHARS = 8192

/**
 * Matches lines that open or close fenced code; a line with further backticks is inline code
 * instead. Also matches lines before which a text can be cut: a heading, or a letter or quote after
 * an empty line. The latter is outside of all lists and quotes.
 */
const FENCE_OR_BEGINNING = /^(?: {0,3}(?:`{3,}[^`\n]*|~{3,}.*)|#{1,6} .*|(?<=\n\n)[\p{Letter}>].*)$/gmu

/**
 * Cuts long Markdown into pieces of about 128 Ki characters that can be parsed separately. Shorter
 * text is not cut. A link whose target is defined in another piece keeps its brackets.
 */
export function* cutMarkdown(text: string): Generator<string> {
  let start = 0
  let fence = ''
  const quotes = text.match(/^>/gm)?.length ?? 0
  const pieceChars = quotes > MAX_QUOTES ? QUOTES_PIECE_CHARS : PIECE_CHARS
  for (const { 0: line, index } of text.length > pieceChars ? text.matchAll(FENCE_OR_BEGINNING) : []) {
    const marks = /^ {0,3}([`~]*)/.exec(line)?.[1] ?? ''
    if (fence !== '') {
      const closes = marks.startsWith(fence) && line.trim() === marks
      if (closes) fence = ''
    } else if (marks !== '') {
      fence = marks
    } else if (index - start > pieceChars) {
      yield text.slice(start, index)
      start = index
    }
  }
  yield text.slice(start)
}
