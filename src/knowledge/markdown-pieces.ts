/** Past about this size the parser's time grows faster than the text, and its memory with it: 10 MB in one took 57 s and 1.7 GB. */
const PIECE_CHARS = 131_072
/** A heading, or the line that opens or closes fenced code (after three backticks none follows, or it is code within a line). */
const HEADING_OR_FENCE = /^(?: {0,3}(?:`{3,}[^`\n]*|~{3,}.*)|#{1,6} .*)$/gm

/**
 * Cuts long Markdown before headings into pieces of about 128 Ki characters that can be parsed apart; a shorter text, or one without headings,
 * stays whole. A heading within fenced code is none. A link whose address is defined in another piece keeps its brackets.
 */
export function* cutMarkdown(text: string): Generator<string> {
  let start = 0
  let fence = ''
  for (const { 0: line, index } of text.length > PIECE_CHARS ? text.matchAll(HEADING_OR_FENCE) : []) {
    const marks = line.trimStart().match(/^[`~]*/)![0]
    if (fence !== '') {
      const closes = marks.startsWith(fence) && line.trim() === marks
      if (closes) fence = ''
    } else if (marks !== '') {
      fence = marks
    } else if (index - start > PIECE_CHARS) {
      yield text.slice(start, index)
      start = index
    }
  }
  yield text.slice(start)
}
