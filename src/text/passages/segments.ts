import { isNavigation, listsKeywords } from '../page-words.ts'
import { findSentenceGaps, type Span } from '../sentences.ts'

/** What a segment is, by the syntax of its lines. */
export type SegmentKind = 'prose' | 'item' | 'row' | 'code'

/**
 * The smallest part of a passage that is quoted: a sentence, a list item, a table row or a block
 * of code. Offsets are in UTF-16 code units; `end` is exclusive.
 */
export interface Segment {
  readonly start: number
  readonly end: number
  readonly kind: SegmentKind
  /** Whether it is a further part of a sentence that is too long for one segment. */
  readonly isContinued?: boolean
  /** Number of the block in the passage. A list, a table and a paragraph are one block each. */
  readonly block: number
  /** List item: start of its text, whether the list is numbered, code units before the marker. */
  readonly item?: { readonly textStart: number; readonly isNumbered: boolean; readonly indent: number }
  /** Table row: the header and the rule below it. */
  readonly header?: Span
  /**
   * Code: the language after the fence, which may be empty. The fences are not part of the segment.
   * Undefined for unfenced code.
   */
  readonly language?: Span
}

const BLANK = /^\s*$/
const FENCE = /^\s*(`{3,})\s*([^\s`]*)/
const ITEM = /^(\s*)(?:[-*•]|(\d{1,4})[.)])\s+(?=\S)/
const TABLE_ROW = /^\s*\|/
/** A row with nothing but its first cell divides a table. It is never quoted. */
const TABLE_DIVIDER = /^\s*\|(?:[^|\\]|\\.)*\|(?:\s*\|)+\s*$/
const TABLE_RULE = /^\s*(?:\|\s*)?:?-{2,}[\s|:-]*$/

/**
 * A line of code: it ends like one, or contains an operator, a prompt or a comment. Rare in prose.
 */
const CODE_LINE = /[{}()[\];\\]$|^\s*(?:\/\/|\/\*|\* |#|\$ |>>> |@\w)|[=!<>]==?|=>|^\w+ ?= ?\S|^\[\w+\]$/
const INDENTED = /^\s+\S/
/** An indented sentence is a further paragraph of a list item, and not code. */
const SENTENCE = /^\s+\p{Lu}[^\n]*[.:!?]$/u
const THREE_WORDS = /\p{Ll} \p{Ll}+ \p{Ll}/u
/** A line of YAML below a list item, where other indented lines belong to the item. */
const YAML_FIELD = /^\s+[\w.-]+: \S+$/
/** A single line of code. Stricter, since a sentence about code and a type look similar. */
const ONE_LINE_OF_CODE =
  /^(?![A-Z][a-z ]{0,30}: )[^\s].*[{};]$|^(?:\$|>>>|npm|npx|await|const|let|import|export|return) \S.*[)\]'"}\w]$|^[\w.]+\(.*\)$/
/** Lowest share of lines in a block of unfenced code that look like code. */
const CODE_SHARE = 0.6
/** A longer block of code is cut between lines into parts of about `CODE_PART` code units. */
const MAX_CODE = 700
const CODE_PART = 500
/** A longer sentence is cut between words, or anywhere if it has no spaces. */
const MAX_SENTENCE = 500
/** A longer list item is cut into sentences: the first keeps the marker, the others are prose. */
const MAX_ITEM = 400
const LETTER = /\p{L}/u

/**
 * Cuts a passage into segments in reading order. Only white space, fences, headers and dividers of
 * tables, keywords and lines of navigation are between segments, and no segment is empty. Accepts
 * the Markdown subset of the document readers as well as plain text, where code is recognized by
 * its lines. Linear time.
 */
export function cutSegments(text: string): readonly Segment[] {
  const segments: Segment[] = []
  let block = 0
  for (const { start, end, fence } of blocksOf(text)) {
    const written = text.slice(start, end)
    if (fence !== undefined) pushCode(segments, text, start, end, block++, fence)
    else if (isTable(written)) pushRows(segments, written, start, block++)
    else if (isUnfencedCode(written)) pushCode(segments, text, start, end, block++)
    else block = pushLines(segments, written, start, block)
  }
  return segments
}

interface Block {
  readonly start: number
  readonly end: number
  /** The language after the fence. Undefined without a fence. */
  readonly fence?: Span
}

/** Splits a text at empty lines and fences. */
function* blocksOf(text: string): Generator<Block> {
  let start = -1
  let end = 0
  let fence: { readonly marks: string; readonly language: Span; readonly from: number } | undefined
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    const line = text.slice(from, to)
    const opened = FENCE.exec(line)
    if (fence !== undefined) {
      if (opened !== null && opened[2] === '' && opened[1]!.length >= fence.marks.length) {
        if (fence.from < from) yield { start: fence.from, end: from - 1, fence: fence.language }
        fence = undefined
      }
    } else if (opened !== null || BLANK.test(line)) {
      if (start >= 0) yield { start, end }
      start = -1
      if (opened !== null) {
        const languageEnd = from + opened[0].length
        fence = { marks: opened[1]!, language: { start: languageEnd - opened[2]!.length, end: languageEnd }, from: to + 1 }
      }
    } else {
      if (start < 0) start = from
      end = from + line.trimEnd().length
    }
    from = to + 1
  }
  if (fence !== undefined && fence.from < text.length) yield { start: fence.from, end: text.length, fence: fence.language }
  if (start >= 0) yield { start, end }
}

function isTable(block: string): boolean {
  const [first = '', second = ''] = block.split('\n', 2)
  return TABLE_ROW.test(first) && TABLE_RULE.test(second)
}

function isUnfencedCode(block: string): boolean {
  if (!block.includes('\n')) return ONE_LINE_OF_CODE.test(block.trimEnd())
  const lines = block.split('\n')
  let indented = INDENTED
  const code = lines.filter(written => {
    const line = written.trimEnd()
    if (ITEM.test(written)) indented = YAML_FIELD
    else return (indented.test(line) && !(SENTENCE.test(line) && THREE_WORDS.test(line))) || isCodeLine(line)
    return false
  })
  return code.length >= CODE_SHARE * lines.length
}

function isCodeLine(line: string): boolean {
  if (CODE_LINE.test(line)) return true
  // A call. One pattern with both brackets would take quadratic time.
  const opening = line.search(/\w\(/)
  return opening >= 0 && line.indexOf(')', opening) >= 0
}

function pushCode(segments: Segment[], text: string, start: number, end: number, block: number, language?: Span): void {
  const add = (from: number, to: number) => {
    const part = text.slice(from, to)
    const head = /^(?:[^\S\n]*\n)*/.exec(part)![0].length
    const length = part.trimEnd().length
    if (head >= length) return
    segments.push({ start: from + head, end: from + length, kind: 'code', block, ...(language !== undefined && { language }) })
  }
  let from = start
  while (end - from > MAX_CODE) {
    const window = text.slice(from, from + CODE_PART)
    const gap = window.lastIndexOf('\n\n')
    const cut = gap > CODE_PART / 3 ? gap : window.lastIndexOf('\n')
    const to = from + (cut > 0 ? cut : CODE_PART)
    add(from, to)
    from = to
  }
  add(from, end)
}

function pushRows(segments: Segment[], block: string, offset: number, number: number): void {
  const lines = [...block.matchAll(/.+/g)]
  const rule = lines[1]!
  const header = { start: offset, end: offset + rule.index + rule[0].trimEnd().length }
  for (const { 0: line, index } of lines.slice(2)) {
    if (TABLE_DIVIDER.test(line)) continue
    const start = offset + index
    segments.push({ start, end: start + line.trimEnd().length, kind: 'row', block: number, header })
  }
}

/** Cuts list items and sentences. Returns the number of the next block. */
function pushLines(segments: Segment[], block: string, offset: number, number: number): number {
  const lines = [...block.matchAll(/.+/g)].map(({ 0: line, index }) => ({ line, index, item: ITEM.exec(line) }))
  let next = number
  for (let i = 0; i < lines.length; ) {
    const { index, item } = lines[i]!
    let last = i
    // A line without a marker continues the item or the paragraph above it.
    while (last + 1 < lines.length && lines[last + 1]!.item === null) last++
    const end = lines[last]!.index + lines[last]!.line.trimEnd().length
    if (item === null) {
      const paragraph = block.slice(index, end)
      if (!listsKeywords(paragraph)) pushSentences(segments, paragraph, offset + index, next++)
    } else {
      const start = offset + index
      const indent = item[1]!.length
      const textStart = start + item[0].length
      const marked = { textStart, isNumbered: item[2] !== undefined, indent }
      if (offset + end - start <= MAX_ITEM) segments.push({ start, end: offset + end, kind: 'item', block: next, item: marked })
      else pushLongItem(segments, block.slice(textStart - offset, end), start, next, marked)
      if (lines[last + 1]?.item == null) next++
    }
    i = last + 1
  }
  return next
}

function pushLongItem(segments: Segment[], text: string, start: number, block: number, item: NonNullable<Segment['item']>): void {
  const sentences: Segment[] = []
  pushSentences(sentences, text, item.textStart, block)
  const [first, ...others] = sentences
  if (first !== undefined) segments.push({ ...first, start, kind: 'item', item }, ...others)
}

function pushSentences(segments: Segment[], text: string, offset: number, block: number): void {
  let start = /^[\s|]*/.exec(text)![0].length
  const add = (end: number) => {
    const written = text.slice(start, end)
    const length = written.trimEnd().length
    if (!LETTER.test(written) || isNavigation(written.trim())) return
    for (let from = 0; from < length; ) {
      const to = endOfPart(written, from, length)
      segments.push({ start: offset + start + from, end: offset + start + to, kind: 'prose', block, isContinued: from > 0 })
      from = to + /^\s*/.exec(written.slice(to, to + MAX_SENTENCE))![0].length
    }
  }
  for (const gap of findSentenceGaps(text)) {
    if (gap.start < start) continue
    add(gap.start)
    start = gap.end
    start += /^[\s|]*/.exec(text.slice(start, start + 100))![0].length
  }
  add(text.length)
}

function endOfPart(sentence: string, from: number, length: number): number {
  if (length - from <= MAX_SENTENCE) return length
  const part = sentence.slice(from, from + MAX_SENTENCE)
  const space = part.search(/\s\S*$/)
  if (space > 0) return from + part.slice(0, space).trimEnd().length
  return from + part.toWellFormed().replace(/\ufffd$/, '').length
}
