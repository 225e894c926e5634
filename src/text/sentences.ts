/** A part of a text: offsets in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A full stop that does not end a sentence: of an abbreviation or a list number. */
const ABBREVIATION = String.raw`\b(?:\p{L}|e\.g|i\.e|cf|vs|etc|[Dd]r|[Mm]rs?|[Ss]t|[Nn]o|[Ff]ig)\.|^\d{1,3}\.`
const STOP = String.raw`(?<=[.!?…؟]["'”’»)\]]{0,2})(?<!${ABBREVIATION})`
/** The end of a line with the space before it. A match starts at the first space of a run. */
const LINE_END = String.raw`(?<![^\S\n])[^\S\n]*\n`
/**
 * White space between two sentences: after a full stop that is not an abbreviation's, and not
 * before a lower-case word; or a line break before anything but a lower-case word. Look-behinds are
 * bounded, for linear time on runs of dots or spaces.
 */
const GAP = new RegExp(String.raw`${STOP}\s+(?![\s\p{Ll}])|(?<=[。！？।])|${LINE_END}(?!\s*\p{Ll})`, 'gu')
/** The same in a text without upper case. */
const GAP_IN_LOWER_CASE = new RegExp(String.raw`${STOP}\s+|(?<=[。！？।])|${LINE_END}`, 'gu')
const UPPER_CASE = /\p{Lu}/u

/**
 * Finds the gaps between sentences: white space, or nothing in scripts that put none there. A line
 * break ends a sentence unless a lower-case word follows. Linear time.
 */
export function findSentenceGaps(text: string): Span[] {
  const gap = UPPER_CASE.test(text) ? GAP : GAP_IN_LOWER_CASE
  return Array.from(text.matchAll(gap), ({ index, 0: { length } }) => ({ start: index, end: index + length }))
}
