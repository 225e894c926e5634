/** A run of a text: a sentence, a list item or a line of code. Offsets count UTF-16 units of the text it was cut from; `end` is exclusive. */
export interface Unit {
  readonly start: number
  readonly end: number
}

/** A full stop that ends no sentence: an abbreviation's, or that of a list's number. */
const ABBREVIATION = String.raw`\b(?:\p{L}|e\.g|i\.e|cf|vs|etc|[Dd]r|[Mm]rs?|[Ss]t|[Nn]o|[Ff]ig)\.|^\d{1,3}\.`

/**
 * White space between two sentences: it follows a full stop that ends more than an abbreviation, and leads to no lower-case word. The look-behinds are
 * bounded and the match begins at the space, so that a run of dots or of spaces costs linear time.
 */
const SENTENCE_GAP = new RegExp(String.raw`(?<=[.!?…]["'”’»)\]]{0,2})(?<!${ABBREVIATION})\s+(?![\s\p{Ll}])|(?<=[。！？])`, 'gu')

/**
 * Cuts a text into the smallest pieces that are worth quoting, in reading order: every line is one, and within a line every sentence.
 * Only white space lies between them, and none is empty. Linear time.
 */
export function cutUnits(text: string): readonly Unit[] {
  const units: Unit[] = []
  for (const { 0: line, index } of text.matchAll(/\S.*/g)) {
    let start = index
    for (const gap of line.matchAll(SENTENCE_GAP)) {
      const end = index + gap.index
      if (start < end) units.push({ start, end })
      start = end + gap[0].length
    }
    const end = index + line.trimEnd().length
    if (start < end) units.push({ start, end })
  }
  return units
}
