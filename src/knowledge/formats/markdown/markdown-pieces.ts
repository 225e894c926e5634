/**
 * Above this size, the parser's time and memory grow faster than the text: 10 MB at once took 57 s
 * and 1.7 GB.
 */
const PIECE_CHARS = 131_072

/**
 * Matches lines that open or close fenced code; a line with further backticks is inline code
 * instead. Also matches lines before which a text can be cut: a heading, or a letter after an empty
 * line. The latter begins a paragraph outside of all lists and quotes.
 */
const FENCE_OR_BEGINNING = /^(?: {0,3}(?:`{3,}[^`\n]*|~{3,}.*)|#{1,6} .*|(?<=\n\n)\p{Letter}.*)$/gmu

/**
 * Cuts long Markdown into pieces of about 128 Ki characters that can be parsed separately. Shorter
 * text is not cut. A link whose target is defined in another piece keeps its brackets.
 */
export function* cutMarkdown(text: string): Generator<string> {
  let start = 0
  let fence = ''
  for (const { 0: line, index } of text.length > PIECE_CHARS ? text.matchAll(FENCE_OR_BEGINNING) : []) {
    const marks = /^ {0,3}([`~]*)/.exec(line)?.[1] ?? ''
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
