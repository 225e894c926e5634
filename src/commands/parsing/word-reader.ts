/** A word of a command line, without its quotes, and the offset of its end. */
export interface Word {
  readonly text: string
  readonly end: number
}

/**
 * Reads the word at `start`, which is not white space. Undefined if a closing quote is missing.
 * A quote opens a quotation only at the start of a word: `don't` is one plain word. Within quotes a
 * backslash escapes a quote or a backslash; elsewhere it is an ordinary character. Linear time.
 */
export function readWord(line: string, start: number): Word | undefined {
  const mark = line[start]
  if (mark !== '"' && mark !== "'") {
    const end = wordEnd(line, start)
    return { text: line.slice(start, end), end }
  }
  for (let i = start + 1; i < line.length; i++) {
    if (line[i] === mark) return { text: line.slice(start + 1, i).replace(/\\(["'\\])/g, '$1'), end: i + 1 }
    if (line[i] === '\\') i++
  }
  return undefined
}

/**
 * The offset of the first character at or after `start` that is not white space, or the line's
 * length.
 */
export function skipSpace(line: string, start: number): number {
  return search(/\S/g, line, start)
}

/** The offset of the first white space at or after `start`, or the line's length. */
export function wordEnd(line: string, start: number): number {
  return search(/\s/g, line, start)
}

function search(pattern: RegExp, line: string, start: number): number {
  pattern.lastIndex = start
  return pattern.exec(line)?.index ?? line.length
}
