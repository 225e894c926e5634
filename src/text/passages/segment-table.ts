import type { Token } from '../analysis.ts'
import { readDefinition } from '../definitions.ts'
import { announcesNext, continuesText, fingerprintOf, looksBack } from './segment-facts.ts'
import { cutSegments, type Segment, type SegmentKind } from './segments.ts'

/** A segment with what is known of its words and their meaning before any question is asked. */
export interface AnalysedSegment extends Segment {
  /** Its words: places in the text, from 0; `endWord` is exclusive. */
  readonly firstWord: number
  readonly endWord: number
  readonly hasNumber: boolean
  /** Whether it has a word that decides a yes/no question. */
  readonly hasVerdict: boolean
  readonly namesDefault: boolean
  /** Whether it announces what comes after it, and is neither code nor a row. */
  readonly announces: boolean
  /** Whether it is a sentence that may be about the code before it. */
  readonly looksBack: boolean
  /** Whether it is a sentence that continues the one before it. */
  readonly continuesText: boolean
  /** Whether it defines a subject, and whether it says what that is or only what it is for. */
  readonly defines?: 'what' | 'what-for' | undefined
  /** Equal for segments with the same letters and digits, 16 bits. */
  readonly fingerprint: number
  /** The numbers of the first and the last segment of its block. */
  readonly blockFirst: number
  readonly blockLast: number
}

/**
 * The segments of a text as numbers of 16 bits, `SEGMENT_ROW` per segment. The search index stores
 * it: changes of its content, such as the patterns below, need a new version of the index's
 * analysis.
 */
export type SegmentTable = readonly number[]

/** The table of a text, and the subjects of its segments that define something, in their order. */
export interface TabulatedSegments {
  readonly table: SegmentTable
  /** Each as its content words as terms. */
  readonly subjects: readonly (readonly string[])[]
}

/**
 * Start, end, first word, end word, block, form, two numbers that depend on the kind, fingerprint.
 */
export const SEGMENT_ROW = 9
/** The places of the block and the form in a row. */
const [BLOCK, FORM] = [4, 5]
/** UTF-16 code units of a text that are cut; more would not fit into 16 bits. */
const MAX_TEXT = 0x7fff
/** The order is part of the index file's format. */
const KINDS: readonly SegmentKind[] = ['prose', 'item', 'row', 'code']
/** Bits of a form that hold its kind. */
const KIND = 0xf
/** Bits of a form above its kind. */
export const [HAS_NUMBER, HAS_VERDICT, NAMES_DEFAULT, IS_NUMBERED, IS_CONTINUED] = [0x10, 0x20, 0x40, 0x80, 0x100]
export const [ANNOUNCES, LOOKS_BACK, CONTINUES, SAYS_WHAT, SAYS_WHAT_FOR] = [0x200, 0x400, 0x800, 0x1000, 0x2000]

const NUMBER =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|dozens?|hundreds?|thousands?|millions?|billions?|half|twice|unlimited|eine?n?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)\b/i
/** Words of a sentence that decides a yes/no question. */
const VERDICT =
  /\b(?:not|no|cannot|can't|don't|doesn't|isn't|aren't|only|must|never|yes|nicht|kein\w*|nur|muss|müssen|nie|ja|nein)\b/i
const SAYS_DEFAULT = /\bdefaults?\b|\bstandardm(?:ä|ae)(?:ß|ss)ig|\bvoreingestellt/i

/**
 * Cuts a text into segments and stores them as a table. Of a text longer than 32,767 code units,
 * the beginning is cut. Linear time.
 * @param words All words of the text, in order.
 */
export function tabulateSegments(text: string, words: readonly Token[]): TabulatedSegments {
  const segments = cutSegments(text.slice(0, MAX_TEXT))
  const table: number[] = []
  const subjects: (readonly string[])[] = []
  let word = 0
  for (const [i, segment] of segments.entries()) {
    const { start, end, block, kind } = segment
    while (word < words.length && words[word]!.start < start) word++
    const firstWord = word
    while (word < words.length && words[word]!.start < end) word++
    const written = text.slice(start, end)
    const definition = kind === 'prose' || kind === 'item' ? readDefinition(written) : undefined
    let form = formOf(segment, written, segments[i + 1])
    if (definition !== undefined) {
      form |= definition.saysWhat ? SAYS_WHAT : SAYS_WHAT_FOR
      subjects.push(definition.subject)
    }
    table.push(start, end, firstWord, word, block, form, ...detailsOf(segment), fingerprintOf(text, start, end))
  }
  return { table, subjects }
}

/** The numbers of the segments that define something, in order. */
export function listDefining(table: SegmentTable): readonly number[] {
  const defining: number[] = []
  for (let row = 0; row < table.length; row += SEGMENT_ROW)
    if ((table[row + FORM]! & (SAYS_WHAT | SAYS_WHAT_FOR)) !== 0) defining.push(row / SEGMENT_ROW)
  return defining
}

/** Reads a table, in the order of the text. Linear time. */
export function listSegments(table: SegmentTable): AnalysedSegment[] {
  const count = countSegments(table)
  const segments: AnalysedSegment[] = []
  for (let first = 0; first < count; first = segments.length) {
    const last = blockEndAt(table, first)
    for (let i = first; i <= last; i++) segments.push(segmentAt(table, i * SEGMENT_ROW, first, last))
  }
  return segments
}

/** The number of segments of a table. */
export function countSegments(table: SegmentTable): number {
  return table.length / SEGMENT_ROW
}

/** The place of a segment in the text, without reading the rest of it. */
export function startAt(table: SegmentTable, segment: number): number {
  return table[segment * SEGMENT_ROW]!
}

/** The end of that place, exclusive. */
export function endAt(table: SegmentTable, segment: number): number {
  return table[segment * SEGMENT_ROW + 1]!
}

/** The place of the first word of a segment in the text. */
export function firstWordAt(table: SegmentTable, segment: number): number {
  return table[segment * SEGMENT_ROW + 2]!
}

/** The place after its last word. */
export function endWordAt(table: SegmentTable, segment: number): number {
  return table[segment * SEGMENT_ROW + 3]!
}

/** What is known of a segment's words, as bits such as `HAS_NUMBER`. */
export function formAt(table: SegmentTable, segment: number): number {
  return table[segment * SEGMENT_ROW + FORM]!
}

/** The kind of a segment. */
export function kindAt(table: SegmentTable, segment: number): SegmentKind {
  return KINDS[formAt(table, segment) & KIND]!
}

/** The last segment of the block that a segment is in. */
export function blockEndAt(table: SegmentTable, segment: number): number {
  let last = segment
  while (last + 1 < countSegments(table) && isInBlockOf(table, last + 1, segment)) last++
  return last
}

/** A table of some of the segments. */
export function selectSegments(table: SegmentTable, segments: readonly number[]): SegmentTable {
  return segments.flatMap(segment => table.slice(segment * SEGMENT_ROW, (segment + 1) * SEGMENT_ROW))
}

/** Whether two segments are in the same block. */
export function isInBlockOf(table: SegmentTable, segment: number, other: number): boolean {
  return table[segment * SEGMENT_ROW + BLOCK] === table[other * SEGMENT_ROW + BLOCK]
}

/** UTF-16 code units of the header above a row of a table; 0 for other segments. */
export function headerLengthAt(table: SegmentTable, segment: number): number {
  const row = segment * SEGMENT_ROW
  return kindAt(table, segment) === 'row' ? table[row + 7]! - table[row + 6]! : 0
}

/** The fingerprint of a segment. */
export function fingerprintAt(table: SegmentTable, segment: number): number {
  return table[segment * SEGMENT_ROW + 8]!
}

/** Of each segment: its words, and whether it continues the segment before. */
export function* wordRanges(table: SegmentTable): Generator<Pick<AnalysedSegment, 'firstWord' | 'endWord' | 'isContinued'>> {
  for (let row = 0; row < table.length; row += SEGMENT_ROW)
    yield { firstWord: table[row + 2]!, endWord: table[row + 3]!, isContinued: (table[row + FORM]! & IS_CONTINUED) !== 0 }
}

function formOf(segment: Segment, written: string, next: Segment | undefined): number {
  const { kind, item, isContinued } = segment
  let form = KINDS.indexOf(kind)
  if (NUMBER.test(written)) form |= HAS_NUMBER
  if (VERDICT.test(written)) form |= HAS_VERDICT
  if (SAYS_DEFAULT.test(written)) form |= NAMES_DEFAULT
  if (item?.isNumbered) form |= IS_NUMBERED
  if (isContinued) form |= IS_CONTINUED
  if (announcesNext(segment, written, next)) form |= ANNOUNCES
  if (kind === 'prose' && looksBack(written)) form |= LOOKS_BACK
  if (kind === 'prose' && continuesText(written)) form |= CONTINUES
  return form
}

/** What depends on the kind: text and indent of an item, or the span of header or language. */
function detailsOf({ item, header, language }: Segment): readonly [number, number] {
  if (item !== undefined) return [item.textStart, item.indent]
  const span = header ?? language
  // The language of a fence is never at the start of the text.
  return span === undefined ? [0, 0] : [span.start, span.end]
}

function segmentAt(table: SegmentTable, row: number, blockFirst: number, blockLast: number): AnalysedSegment {
  const form = table[row + FORM]!
  const kind = KINDS[form & KIND]!
  const [first, second] = [table[row + 6]!, table[row + 7]!]
  return {
    start: table[row]!,
    end: table[row + 1]!,
    firstWord: table[row + 2]!,
    endWord: table[row + 3]!,
    block: table[row + BLOCK]!,
    kind,
    isContinued: (form & IS_CONTINUED) !== 0,
    item: kind === 'item' ? { textStart: first, isNumbered: (form & IS_NUMBERED) !== 0, indent: second } : undefined,
    header: kind === 'row' ? { start: first, end: second } : undefined,
    language: kind === 'code' && second > 0 ? { start: first, end: second } : undefined,
    hasNumber: (form & HAS_NUMBER) !== 0,
    hasVerdict: (form & HAS_VERDICT) !== 0,
    namesDefault: (form & NAMES_DEFAULT) !== 0,
    announces: (form & ANNOUNCES) !== 0,
    looksBack: (form & LOOKS_BACK) !== 0,
    continuesText: (form & CONTINUES) !== 0,
    defines: (form & SAYS_WHAT) !== 0 ? 'what' : (form & SAYS_WHAT_FOR) !== 0 ? 'what-for' : undefined,
    fingerprint: table[row + 8]!,
    blockFirst,
    blockLast,
  }
}
