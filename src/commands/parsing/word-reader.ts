/** A word of a command line without its quotes, and where in the line it ends. */
export interface Word {
  readonly text: string
  readonly end: number
}

/**
 * Reads the word that begins at `start`, where no white space stands; undefined where its quotation has no end. A quotation mark counts only
 * as the first character of a word (`don't` is one plain word), and the closing one ends it. Inside, a backslash makes a quotation mark or
 * a backslash a plain character, and stands for itself before anything else, as outside. Linear in the word.
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

/** The first position from `start` on where no white space stands, or the line's length. */
export function skipSpace(line: string, start: number): number {
  return search(/\S/g, line, start)
}

/** The first position from `start` on where white space stands, or the line's length. */
export function wordEnd(line: string, start: number): number {
  return search(/\s/g, line, start)
}

function search(pattern: RegExp, line: string, start: number): number {
  pattern.lastIndex = start
  return pattern.exec(line)?.index ?? line.length
}
