import { fixedText, joinTexts, partOf, type ReplyText } from '../reply-text.ts'
import { clipSegment } from './clip-segment.ts'
import type { Likeness } from './coverage.ts'
import { looksLikeCode, type Segment } from './segments.ts'

/**
 * A segment with its similarity to the question. Offsets of matches are relative to the segment.
 */
export interface RatedSegment extends Segment, Likeness {}

/** A quotation from a text. */
export interface Quotation {
  readonly response: ReplyText
  /** The quoted ranges, in the order of the text. */
  readonly quoted: readonly Segment[]
}

export interface QuotationOptions {
  /**
   * Whether the heading above matches the question best. The text below it is then quoted in order.
   */
  readonly isHeaded: boolean
  /** Whether code after the best segment is quoted with it, also without an introduction. */
  readonly wantsCode: boolean
}

const MAX_SEGMENTS = 3
/**
 * Longest quotation in UTF-16 code units: short enough to read at a glance; longer for code, which
 * is useless if cut.
 */
const MAX_LENGTH = 300
const MAX_CODE_LENGTH = 500
/**
 * Lowest similarity of a further quoted segment, as a share of the best. If none qualifies, the
 * next segment is quoted.
 */
const RIVAL_SHARE = 0.5
/** Every content word weighs more; stop words weigh less. */
const LEAST_WORD_WEIGHT = 6
/** Shortest part of a sentence that is worth quoting. */
const MIN_PART_LENGTH = 60
const ELLIPSIS = ' … '
/** The ellipses of a part without its start and end. */
const CUT_MARKS = '…  …'
/** The start of a sentence that refers to the previous one. */
const REFERS_BACK = /^(?:he|she|it|they|this|these|his|her|its|their|such)\b/i
const EMPTY_LINE = /\n\s*\n/
/** An introduction ends with a colon, or is a comment on the code below it. */
const INTRODUCTION = /[:：]$|^(?:\/\/|#)/

/**
 * Quotes the segment `best` and the next best ones that fit, in reading order: about 300 UTF-16
 * code units, or 500 with code. An introduction is quoted with the code it introduces, and code
 * with its introduction. A sentence that does not fit is cut to the part with the question's words.
 */
export function quote(
  text: string,
  segments: readonly RatedSegment[],
  best: RatedSegment,
  { isHeaded, wantsCode }: QuotationOptions,
): Quotation {
  const first = widen(text, segments, best, MAX_CODE_LENGTH, wantsCode)
  const isAlone = first.start === best.start && first.end === best.end
  if (isAlone && best.isCode !== true && best.end - best.start > MAX_LENGTH)
    return show(text, segments, [clipSegment(text, best, MAX_LENGTH - CUT_MARKS.length)])
  const chosen: Segment[] = [first]
  let room = MAX_LENGTH - (first.end - first.start)
  for (const segment of isHeaded ? after(segments, best) : followers(text, segments, best)) {
    room -= ELLIPSIS.length
    if (chosen.length === MAX_SEGMENTS || room < MIN_PART_LENGTH) break
    const part = fit(text, segments, segment, room)
    if (part === undefined || chosen.some(({ start, end }) => part.start < end && start < part.end)) continue
    if (chosen.some(({ start, end }) => text.slice(start, end).includes(text.slice(part.start, part.end)))) continue
    chosen.push(part)
    room -= part.end - part.start
  }
  return show(
    text,
    segments,
    chosen.toSorted((a, b) => a.start - b.start),
  )
}

/**
 * Returns a segment, or the part of it that fits. Undefined for code, or an introduction, that does
 * not fit whole.
 */
function fit(text: string, segments: readonly RatedSegment[], segment: RatedSegment, room: number): Segment | undefined {
  const whole = widen(text, segments, segment, room)
  if (segment.isCode === true && whole.start === segment.start) return undefined
  if (whole.end - whole.start <= room) return introduces(text, whole) ? undefined : whole
  return segment.isCode === true || introduces(text, segment) ? undefined : clipSegment(text, segment, room - CUT_MARKS.length)
}

/** Extends a segment by its introduction and by what it introduces, if there is room. */
function widen(
  text: string,
  segments: readonly RatedSegment[],
  segment: RatedSegment,
  maxLength: number,
  wantsCode = false,
): Segment {
  const [before, next] = [segments[segments.indexOf(segment) - 1], segments[segments.indexOf(segment) + 1]]
  const isLedTo = before !== undefined && (introduces(text, before) || (segment.isCode === true && before.isCode !== true))
  const isIntroduced = isLedTo && segment.end - before.start <= maxLength
  const start = isIntroduced ? before.start : segment.start
  const leadsOn = introduces(text, segment) || (wantsCode && next?.isCode === true)
  return isIntroduced || leadsOn ? { start, end: endOfBlock(text, start, segment, maxLength, leadsOn) } : segment
}

function introduces(text: string, { start, end }: Segment): boolean {
  return INTRODUCTION.test(text.slice(start, end))
}

/**
 * The end of the block after or around a segment, with the code that follows it, or of as many
 * lines as fit.
 */
function endOfBlock(text: string, from: number, segment: Segment, maxLength: number, leadsOn: boolean): number {
  const rest = text.slice(segment.end, Math.max(segment.end, from + maxLength))
  const blocks = rest.split(/(\n\s*\n)/)
  let length = leadsOn && blocks[0]!.trim() === '' ? blocks.splice(0, 2).join('').length : 0
  const isIntroduced = length > 0
  const first = blocks[0] ?? ''
  const isCut = length + first.length === rest.length && from + maxLength < text.length
  const kept = isCut ? first.slice(0, first.lastIndexOf('\n') + 1) : first
  if (isIntroduced && kept.trim() === '') return segment.end
  length += kept.trimEnd().length
  for (let i = 1; i + 1 < blocks.length && !isCut; i += 2) {
    const [gap, block] = [blocks[i]!, blocks[i + 1]!]
    const reachesEnd = i + 2 >= blocks.length && from + maxLength < text.length
    if (reachesEnd || !looksLikeCode(block)) break
    length += gap.length + block.trimEnd().length
  }
  return segment.end + length
}

/**
 * The segment that the best one refers to, then similar segments, best first. If there are none:
 * the next segment of the same paragraph or list.
 */
function followers(text: string, segments: readonly RatedSegment[], best: RatedSegment): readonly RatedSegment[] {
  const rivals = segments.filter(
    segment => segment !== best && segment.likeness >= RIVAL_SHARE * best.likeness && hasOwnWord(segment),
  )
  const place = segments.indexOf(best)
  const [before, next] = [segments[place - 1], segments[place + 1]]
  const refersBack = before !== undefined && REFERS_BACK.test(text.slice(best.start, best.end))
  const named = refersBack && !EMPTY_LINE.test(text.slice(before.end, best.start)) ? [before] : []
  const followers = [...new Set([...named, ...rivals.sort((a, b) => b.likeness - a.likeness)])]
  if (followers.length > 0) return followers.slice(0, MAX_SEGMENTS - 1)
  const goesOn = next !== undefined && !EMPTY_LINE.test(text.slice(best.end, next.start))
  return goesOn ? [next] : []
}

function after(segments: readonly RatedSegment[], best: RatedSegment): readonly RatedSegment[] {
  return segments.slice(segments.indexOf(best) + 1)
}

/**
 * Whether the segment itself contains a word of the question, not only its headings or the segment
 * before it.
 */
export function hasOwnWord({ matches }: RatedSegment): boolean {
  return matches.some(({ weight }) => weight >= LEAST_WORD_WEIGHT)
}

function show(text: string, segments: readonly Segment[], quoted: readonly Segment[]): Quotation {
  const starts = new Set(segments.map(({ start }) => start))
  const ends = new Set(segments.map(({ end }) => end))
  const parts = quoted.flatMap(({ start, end }, i) => {
    const before = quoted[i - 1]
    const gap = before === undefined ? '' : separate(text, before, { start, end })
    const head = starts.has(start) || gap === ELLIPSIS ? '' : '… '
    const tail = ends.has(end) ? '' : ' …'
    return [fixedText(`${gap}${head}`), partOf(text, text.slice(start, end).toWellFormed()), fixedText(tail)]
  })
  return { response: joinTexts(parts), quoted }
}

/**
 * The separator of two segments: the original white space between neighbours, an ellipsis within a
 * paragraph, otherwise an empty line.
 */
function separate(text: string, before: Segment, after: Segment): string {
  const gap = text.slice(before.end, after.start)
  if (gap.trim() === '') return gap
  return gap.includes('\n') ? '\n\n' : ELLIPSIS
}
