import { createFenceReader } from './code/fences.ts'

/** Bounds memory: the tree of a text takes up to a thousand times as much as the text. */
const PIECE_CHARS = 131_072
/** The tree of a list takes 2 kB for each item, which may have three characters. */
const PIECE_LINES = 4096

/**
 * A line before which a text can be cut, if it is not code: a heading, or a letter or quote after
 * an empty line. The latter is outside of all lists and quotes.
 */
const HEADING = /^#{1,6} /
const BEGINNING = /^[\p{Letter}>]/u
/** The first line of an item that is not nested. Between two of them, a list can be cut. */
const OUTER_ITEM = /^(?:[-*+]|\d{1,9}[.)]) +\S/

/**
 * Cuts long Markdown into pieces of about 128 Ki characters, and long lists into pieces of about
 * 4,096 lines, that can be parsed separately. Shorter text is not cut. A link whose target is
 * defined in another piece keeps its brackets.
 */
export function* cutMarkdown(text: string): Generator<string> {
  const readFence = createFenceReader()
  let start = 0
  let at = 0
  let lines = 0
  let isAfterEmpty = false
  let isInList = false
  for (const line of text.length > PIECE_LINES ? text.split('\n') : []) {
    const isText = readFence(line).kind === 'text'
    const isItem = isText && OUTER_ITEM.test(line)
    const isBeginning = isText && at - start > PIECE_CHARS && (HEADING.test(line) || (isAfterEmpty && BEGINNING.test(line)))
    if (isBeginning || (isItem && isInList && lines > PIECE_LINES)) {
      yield text.slice(start, at)
      start = at
      lines = 0
    }
    isAfterEmpty = line === ''
    isInList = isItem || (isInList && (isAfterEmpty || line.startsWith(' ')))
    at += line.length + 1
    lines++
  }
  yield text.slice(start)
}
