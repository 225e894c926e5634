/** A run of a text: a sentence, a list item, a line, or a piece of code. Offsets count UTF-16 units of the text it was cut from; `end` is exclusive. */
export interface Unit {
  readonly start: number
  readonly end: number
  /** Whether it is a whole piece of code of several lines. */
  readonly isCode?: boolean
}

/** A full stop that ends no sentence: an abbreviation's, or that of a list's number. */
const ABBREVIATION = String.raw`\b(?:\p{L}|e\.g|i\.e|cf|vs|etc|[Dd]r|[Mm]rs?|[Ss]t|[Nn]o|[Ff]ig)\.|^\d{1,3}\.`

/**
 * White space between two sentences: it follows a full stop that ends more than an abbreviation, and leads to no lower-case word. The look-behinds are
 * bounded and the match begins at the space, so that a run of dots or of spaces costs linear time.
 */
const SENTENCE_GAP = new RegExp(String.raw`(?<=[.!?…]["'”’»)\]]{0,2})(?<!${ABBREVIATION})\s+(?![\s\p{Ll}])|(?<=[。！？])`, 'gu')

/** A line that programs consist of: it ends like one, has an operator, a call or a prompt, or is a comment; prose has these rarely. */
const CODE_LINE = /[{}()[\];\\]$|^\s*(?:\/\/|\/\*|\* |#|\$ |>>> |@\w)|[=!<>]==?|=>|\w\(.*\)|^\s+\S|^\w+ ?= ?\S|^\[\w+\]$/
/** A single line has to leave no doubt, for it may be a sentence about code. */
const ONE_LINE_OF_CODE =
  /^[^\s].*[{};]$|^(?:\$|>>>|npm|npx|await|const|let|import|export|return) \S.*[)\]'"}\w]$|^[\w.]+\([^ ]*.*\)$/
/** Of the lines of a piece of code at least so many look like code. */
const CODE_SHARE = 0.6
const MAX_CODE_LENGTH = 500

/**
 * Cuts a text into the smallest pieces that are worth quoting, in reading order: a piece of code as a whole, unless it is long; every other line, and
 * within a line every sentence. Only white space lies between them, and none is empty. Linear time.
 */
export function cutUnits(text: string): readonly Unit[] {
  const units: Unit[] = []
  for (const { 0: block, index } of text.matchAll(/\S.*(?:\n(?![^\S\n]*\n).*\S.*)*/g)) {
    if (isCode(block)) units.push({ start: index, end: index + block.trimEnd().length, isCode: true })
    else cutLines(block, index, units)
  }
  return units
}

function isCode(block: string): boolean {
  if (block.length > MAX_CODE_LENGTH) return false
  return block.includes('\n') ? looksLikeCode(block) : ONE_LINE_OF_CODE.test(block.trimEnd())
}

/** Whether most lines of a block are of the kind that programs consist of. */
export function looksLikeCode(block: string): boolean {
  const lines = block.split('\n')
  return (
    lines.filter(line => CODE_LINE.test(line.trimEnd()) && !/^\s*(?:[-*]|\d+\.) /.test(line)).length >= CODE_SHARE * lines.length
  )
}

function cutLines(block: string, offset: number, units: Unit[]): void {
  // A cell's border is no part of what the cell says.
  for (const { 0: line, index } of block.matchAll(/[^\s|].*/g)) {
    const from = offset + index
    let start = from
    for (const gap of line.matchAll(SENTENCE_GAP)) {
      const end = from + gap.index
      if (start < end) units.push({ start, end })
      start = end + gap[0].length
      start += /^[\s|]*/.exec(line.slice(start - from))![0].length
    }
    const end = from + line.trimEnd().length
    if (start < end) units.push({ start, end })
  }
}
