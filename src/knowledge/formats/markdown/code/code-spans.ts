/** A part of a text. */
interface Span {
  readonly start: number
  readonly end: number
}

/** An escaped character, or backticks. */
const OPENING = /\\[^\w\s]|`+/g
/** Backticks, or the end of a line before the end of a block or the beginning of another one. */
const CLOSING = /`+|\n(?=[^\S\n]*(?:\n|$|[#>|]|[-*+][^\S\n]|\d{1,9}[.)][^\S\n]|`{3}|~{3}))/g
/** A line that consists of backticks, after the end of the line before. */
const LONE_TICKS = /\n([^\S\n]{4,})(`{3,})[^\S\n]*(?=\n|$)/y
/** White space and marks of quotes and items at the beginning of a line. */
const PREFIX = /^(?:[^\S\n]|>|[-*+][^\S\n]|\d{1,9}[.)][^\S\n])*/
/** Longer text before code is not searched for the beginning of its line. */
const MAX_BEFORE = 1000

/**
 * Finds the inline code of Markdown outside of fences, in order: text between the same number of
 * backticks within a block. This is the only rule for that: each rewriter of Markdown uses it.
 */
export function findCodeSpans(text: string): readonly Span[] {
  const spans: Span[] = []
  /** By number of backticks the place before which as many do not occur again. */
  const unclosed = new Map<number, number>()
  for (let at = text.indexOf('`') === -1 ? text.length : 0; at < text.length; ) {
    OPENING.lastIndex = at
    const opening = OPENING.exec(text)
    if (opening === null) break
    at = OPENING.lastIndex
    const ticks = opening[0].length
    if (opening[0].startsWith('\\') || at < (unclosed.get(ticks) ?? 0)) continue
    const end = endOf(text, at, ticks)
    if (end > 0) {
      spans.push({ start: opening.index, end })
      at = end
    } else unclosed.set(ticks, -end)
  }
  return spans
}

/** Returns where code ends, or else the end of its block as a negative number. */
function endOf(text: string, at: number, ticks: number): number {
  CLOSING.lastIndex = at
  for (let found = CLOSING.exec(text); found !== null; found = CLOSING.exec(text)) {
    if (found[0] === '\n') {
      LONE_TICKS.lastIndex = found.index
      const [line, indent = '', { length = 0 } = ''] = ticks < 3 ? [] : (LONE_TICKS.exec(text) ?? [])
      if (length === ticks && indent.length >= contentIndent(text, at) + 4) return found.index + line!.trimEnd().length
      return -found.index
    }
    if (found[0].length === ticks) return CLOSING.lastIndex
  }
  return -text.length
}

/** Returns where the text of a line begins, in which four spaces more are no fence. */
function contentIndent(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - MAX_BEFORE), at)
  return PREFIX.exec(before.slice(before.lastIndexOf('\n') + 1))![0].length
}

/**
 * Returns whether the last line of a paragraph, which consists of backticks, ends inline code
 * instead of beginning a fence.
 */
export function endsInlineCode(lines: readonly string[]): boolean {
  const text = lines.join('\n').trimEnd()
  return findCodeSpans(text).at(-1)?.end === text.length
}

/** Creates a function that returns the inline code at a place. The places must be in order. */
export function createCodeFinder(text: string): (at: number) => Span | undefined {
  const spans = findCodeSpans(text)
  let next = 0
  return at => {
    while (next < spans.length && spans[next]!.end <= at) next++
    const span = spans[next]
    return span !== undefined && span.start <= at ? span : undefined
  }
}

/** Replaces the inline code of a text. */
export function replaceCode(text: string, replace: (code: string) => string): string {
  return replaceOutsideCode(text, NOTHING, ([whole]) => whole, replace)
}

/** Never matches. */
const NOTHING = /(?!)/g

/**
 * Replaces the matches of a global pattern that do not begin in inline code. A match may contain
 * inline code. Code outside of matches is replaced too, in order; by default it is not changed.
 */
export function replaceOutsideCode(
  text: string,
  pattern: RegExp,
  replace: (match: RegExpExecArray) => string,
  replaceCode: (code: string) => string = code => code,
): string {
  const spans = findCodeSpans(text)
  const parts: string[] = []
  let from = 0
  let next = 0
  const copyTo = (end: number) => {
    for (; next < spans.length && spans[next]!.start < end; next++) {
      const span = spans[next]!
      // The match before contains the beginning of this code.
      if (span.start < from) continue
      parts.push(text.slice(from, span.start), replaceCode(text.slice(span.start, span.end)))
      from = span.end
    }
  }
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    copyTo(match.index)
    if (match.index < from) pattern.lastIndex = from
    else {
      parts.push(text.slice(from, match.index), replace(match))
      from = match.index + match[0].length
    }
    if (match[0] === '') pattern.lastIndex++
  }
  copyTo(text.length)
  return parts.join('') + text.slice(from)
}
