import { createFenceReader } from './code/fences.ts'

/** Bounds memory: the tree of a text takes up to a thousand times as much as the text. */
const PIECE_CHARS = 131_072

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
  const readFence = createFenceReader()
  let start = 0
  let at = 0
  let isAfterEmpty = false
  for (const line of text.length > PIECE_CHARS ? text.split('\n') : []) {
    const isText = readFence(line).kind === 'text'
    const isBeginning = isText && at - start > PIECE_CHARS && (HEADING.test(line) || (isAfterEmpty && BEGINNING.test(line)))
    if (isBeginning) {
      yield text.slice(start, at)
      start = at
    }
    isAfterEmpty = line === ''
    at += line.length + 1
  }
  yield text.slice(start)
}
