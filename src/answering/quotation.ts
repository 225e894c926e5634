import { fixedText, joinTexts, partOf, type ReplyText } from '../reply-text.ts'
import { focus } from './clip-segment.ts'
import type { Likeness } from './coverage.ts'
import { looksLikeCode, type Unit } from './segments.ts'

/** A unit, and how like the question it is; matches count from the beginning of the unit. */
export interface RatedUnit extends Unit, Likeness {}

/** What is quoted of a text. */
export interface Quotation {
  readonly response: ReplyText
  /** The runs of the text that the response shows, in the order of the text. */
  readonly quoted: readonly Unit[]
}

export interface QuotationOptions {
  /** Whether the heading above is itself the question: what follows is quoted as it comes then. */
  readonly isHeaded: boolean
  /** Whether code that follows the best unit is quoted with it, also where nothing announces it. */
  readonly wantsCode: boolean
}

const MAX_UNITS = 3
/** UTF-16 units of what people read at a glance; and of a piece of code with what introduces it, which is of no use in half. */
const MAX_LENGTH = 300
const MAX_CODE_LENGTH = 500
/** What is quoted beside the best unit is at least this like the question, as a share of the best; where nothing is, what comes next is quoted. */
const RIVAL_SHARE = 0.5
/** Any but a stop word weighs more. */
const LEAST_WORD_WEIGHT = 6
/** Less of a sentence than this says nothing. */
const MIN_PART_LENGTH = 60
const ELLIPSIS = ' … '
/** Of a part that lacks its beginning and its end. */
const CUT_MARKS = '…  …'
/** A sentence that begins so speaks of what the one before it names. */
const REFERS_BACK = /^(?:he|she|it|they|this|these|his|her|its|their|such)\b/i
const EMPTY_LINE = /\n\s*\n/
/** A colon at the end; or a comment, which speaks of the code below it. */
const INTRODUCTION = /[:：]$|^(?:\/\/|#)/

/**
 * Quotes a text: its unit `best`, with the next ones in merit as room allows, in reading order and at most some 300 UTF-16 units. A unit that introduces
 * something brings it along, as code brings what introduces it, which may take more, 500 units. Of a sentence that does not fit, the part with the
 * question's words is quoted.
 */
export function quote(
  text: string,
  units: readonly RatedUnit[],
  best: RatedUnit,
  { isHeaded, wantsCode }: QuotationOptions,
): Quotation {
  const first = widen(text, units, best, MAX_CODE_LENGTH, wantsCode)
  const isAlone = first.start === best.start && first.end === best.end
  if (isAlone && best.isCode !== true && best.end - best.start > MAX_LENGTH)
    return show(text, units, [focus(text, best, MAX_LENGTH - CUT_MARKS.length)])
  const chosen: Unit[] = [first]
  let room = MAX_LENGTH - (first.end - first.start)
  for (const unit of isHeaded ? after(units, best) : followers(text, units, best)) {
    room -= ELLIPSIS.length
    if (chosen.length === MAX_UNITS || room < MIN_PART_LENGTH) break
    const part = fit(text, units, unit, room)
    if (part === undefined || chosen.some(({ start, end }) => part.start < end && start < part.end)) continue
    if (chosen.some(({ start, end }) => text.slice(start, end).includes(text.slice(part.start, part.end)))) continue
    chosen.push(part)
    room -= part.end - part.start
  }
  return show(
    text,
    units,
    chosen.toSorted((a, b) => a.start - b.start),
  )
}

/** A unit, or the part of it for which there is room; nothing of code, or of what introduces code, that does not fit as a whole. */
function fit(text: string, units: readonly RatedUnit[], unit: RatedUnit, room: number): Unit | undefined {
  const whole = widen(text, units, unit, room)
  if (unit.isCode === true && whole.start === unit.start) return undefined
  if (whole.end - whole.start <= room) return introduces(text, whole) ? undefined : whole
  return unit.isCode === true || introduces(text, unit) ? undefined : focus(text, unit, room - CUT_MARKS.length)
}

/** A unit with the one that introduces it and with what it introduces itself, where there is room. */
function widen(text: string, units: readonly RatedUnit[], unit: RatedUnit, maxLength: number, wantsCode = false): Unit {
  const [before, next] = [units[units.indexOf(unit) - 1], units[units.indexOf(unit) + 1]]
  const isLedTo = before !== undefined && (introduces(text, before) || (unit.isCode === true && before.isCode !== true))
  const isIntroduced = isLedTo && unit.end - before.start <= maxLength
  const start = isIntroduced ? before.start : unit.start
  const leadsOn = introduces(text, unit) || (wantsCode && next?.isCode === true)
  return isIntroduced || leadsOn ? { start, end: endOfBlock(text, start, unit, maxLength, leadsOn) } : unit
}

function introduces(text: string, { start, end }: Unit): boolean {
  return INTRODUCTION.test(text.slice(start, end))
}

/** Where the block below or around a unit ends, further pieces of code included: all of it, or as many of its lines as there is room for. */
function endOfBlock(text: string, from: number, unit: Unit, maxLength: number, leadsOn: boolean): number {
  const rest = text.slice(unit.end, Math.max(unit.end, from + maxLength))
  const blocks = rest.split(/(\n\s*\n)/)
  let length = leadsOn && blocks[0]!.trim() === '' ? blocks.splice(0, 2).join('').length : 0
  const isIntroduced = length > 0
  const first = blocks[0] ?? ''
  const isCut = length + first.length === rest.length && from + maxLength < text.length
  const kept = isCut ? first.slice(0, first.lastIndexOf('\n') + 1) : first
  if (isIntroduced && kept.trim() === '') return unit.end
  length += kept.trimEnd().length
  for (let i = 1; i + 1 < blocks.length && !isCut; i += 2) {
    const [gap, block] = [blocks[i]!, blocks[i + 1]!]
    const reachesEnd = i + 2 >= blocks.length && from + maxLength < text.length
    if (reachesEnd || !looksLikeCode(block)) break
    length += gap.length + block.trimEnd().length
  }
  return unit.end + length
}

/** The unit before the best one, where that refers back to it, and then the rivals, best first; where there are none, the unit after it in the same paragraph or list. */
function followers(text: string, units: readonly RatedUnit[], best: RatedUnit): readonly RatedUnit[] {
  const rivals = units.filter(unit => unit !== best && unit.likeness >= RIVAL_SHARE * best.likeness && hasOwnWord(unit))
  const place = units.indexOf(best)
  const [before, next] = [units[place - 1], units[place + 1]]
  const refersBack = before !== undefined && REFERS_BACK.test(text.slice(best.start, best.end))
  const named = refersBack && !EMPTY_LINE.test(text.slice(before.end, best.start)) ? [before] : []
  const followers = [...new Set([...named, ...rivals.sort((a, b) => b.likeness - a.likeness)])]
  if (followers.length > 0) return followers.slice(0, MAX_UNITS - 1)
  const goesOn = next !== undefined && !EMPTY_LINE.test(text.slice(best.end, next.start))
  return goesOn ? [next] : []
}

function after(units: readonly RatedUnit[], best: RatedUnit): readonly RatedUnit[] {
  return units.slice(units.indexOf(best) + 1)
}

/** Whether a unit has a word of the question itself, not only the unit before it or the headings above it. */
export function hasOwnWord({ matches }: RatedUnit): boolean {
  return matches.some(({ weight }) => weight >= LEAST_WORD_WEIGHT)
}

function show(text: string, units: readonly Unit[], quoted: readonly Unit[]): Quotation {
  const starts = new Set(units.map(({ start }) => start))
  const ends = new Set(units.map(({ end }) => end))
  const parts = quoted.flatMap(({ start, end }, i) => {
    const before = quoted[i - 1]
    const gap = before === undefined ? '' : separate(text, before, { start, end })
    const head = starts.has(start) || gap === ELLIPSIS ? '' : '… '
    const tail = ends.has(end) ? '' : ' …'
    return [fixedText(`${gap}${head}`), partOf(text, text.slice(start, end).toWellFormed()), fixedText(tail)]
  })
  return { response: joinTexts(parts), quoted }
}

/** What the text itself has between two units that are neighbours; an empty line, or within a paragraph dots, between others. */
function separate(text: string, before: Unit, after: Unit): string {
  const gap = text.slice(before.end, after.start)
  if (gap.trim() === '') return gap
  return gap.includes('\n') ? '\n\n' : ELLIPSIS
}
