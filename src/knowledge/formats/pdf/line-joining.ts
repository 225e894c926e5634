/** Words that are written with a hyphen within a line of the document. */
export type HyphenatedWords = ReadonlySet<string>

const HYPHENATED = /\p{L}+-\p{L}+/gu

/** Collects the words with a hyphen in these lines, in lower case. */
export function hyphenatedWordsIn(lines: readonly string[]): HyphenatedWords {
  return new Set(lines.flatMap(line => line.match(HYPHENATED) ?? []).map(word => word.toLowerCase()))
}

/**
 * Joins a text with its next line. A hyphen at the end is removed between two parts of a word,
 * unless the document has the word with a hyphen elsewhere.
 */
export function joinLines(text: string, next: string, hyphenated: HyphenatedWords): string {
  const before = /(\p{L}+)[-\u2010\u00AD]$/u.exec(text)?.[1]
  const after = /^\p{Ll}+/u.exec(next)?.[0]
  if (before === undefined || after === undefined)
    return `${text}${/[-\u2010/]$/.test(text) && /\S[-/]$/.test(text) ? '' : ' '}${next}`
  const isWhole = !text.endsWith('\u00AD') && hyphenated.has(`${before}-${after}`.toLowerCase())
  return text.slice(0, -1) + (isWhole ? '-' : '') + next
}
