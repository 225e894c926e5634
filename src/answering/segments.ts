/**
 * A range of a text: a sentence, list item, line or block of code. Offsets in UTF-16 code units;
 * `end` is exclusive.
 */
export interface Segment {
  readonly start: number
  readonly end: number
  /** Whether it is a block of code. */
  readonly isCode?: boolean
}

/** A full stop that does not end a sentence: of an abbreviation or a list number. */
const ABBREVIATION = String.raw`\b(?:\p{L}|e\.g|i\.e|cf|vs|etc|[Dd]r|[Mm]rs?|[Ss]t|[Nn]o|[Ff]ig)\.|^\d{1,3}\.`

/**
 * White space between two sentences: after a full stop that is not an abbreviation's, and not
 * before a lower-case word. Look-behinds are bounded and a match starts at the space, for linear
 * time on runs of dots or spaces.
 */
const SENTENCE_GAP = new RegExp(String.raw`(?<=[.!?…]["'”’»)\]]{0,2})(?<!${ABBREVIATION})\s+(?![\s\p{Ll}])|(?<=[。！？])`, 'gu')

/**
 * A line of code: it ends like one, or contains an operator, a call, a prompt or a comment. Rare in
 * prose.
 */
const CODE_LINE = /[{}()[\];\\]$|^\s*(?:\/\/|\/\*|\* |#|\$ |>>> |@\w)|[=!<>]==?|=>|\w\(.*\)|^\s+\S|^\w+ ?= ?\S|^\[\w+\]$/
/** A single line of code. Stricter, since a sentence about code looks similar. */
const ONE_LINE_OF_CODE =
  /^[^\s].*[{};]$|^(?:\$|>>>|npm|npx|await|const|let|import|export|return) \S.*[)\]'"}\w]$|^[\w.]+\([^ ]*.*\)$/
/** Lowest share of lines in a block of code that look like code. */
const CODE_SHARE = 0.6
const MAX_CODE_LENGTH = 500

/**
 * Cuts a text into the smallest segments worth quoting, in reading order: blocks of code, unless
 * they are long, and the sentences of all other lines. Between segments is only white space. No
 * segment is empty. Linear time.
 */
export function cutSegments(text: string): readonly Segment[] {
  const segments: Segment[] = []
  for (const { 0: block, index } of text.matchAll(/\S.*(?:\n(?![^\S\n]*\n).*\S.*)*/g)) {
    if (isCode(block)) segments.push({ start: index, end: index + block.trimEnd().length, isCode: true })
    else cutLines(block, index, segments)
  }
  return segments
}

function isCode(block: string): boolean {
  if (block.length > MAX_CODE_LENGTH) return false
  return block.includes('\n') ? looksLikeCode(block) : ONE_LINE_OF_CODE.test(block.trimEnd())
}

/** Whether most lines of a block look like code. */
export function looksLikeCode(block: string): boolean {
  const lines = block.split('\n')
  return (
    lines.filter(line => CODE_LINE.test(line.trimEnd()) && !/^\s*(?:[-*]|\d+\.) /.test(line)).length >= CODE_SHARE * lines.length
  )
}

function cutLines(block: string, offset: number, segments: Segment[]): void {
  // The border of a table cell is not part of its text.
  for (const { 0: line, index } of block.matchAll(/[^\s|].*/g)) {
    const from = offset + index
    let start = from
    for (const gap of line.matchAll(SENTENCE_GAP)) {
      const end = from + gap.index
      if (start < end) segments.push({ start, end })
      start = end + gap[0].length
      start += /^[\s|]*/.exec(line.slice(start - from))![0].length
    }
    const end = from + line.trimEnd().length
    if (start < end) segments.push({ start, end })
  }
}
