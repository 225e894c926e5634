import type { Likeness } from './coverage.ts'
import { focus } from './focus.ts'
import type { Unit } from './units.ts'

/** A unit, and how like the question it is; matches count from the beginning of the unit. */
export interface RatedUnit extends Unit, Likeness {}

/** What is quoted of a text. */
export interface Quotation {
  readonly response: string
  /** The runs of the text that the response shows, in the order of the text. */
  readonly quoted: readonly Unit[]
}

const MAX_UNITS = 3
/** UTF-16 units of what people read at a glance; and of a piece of code with what introduces it, which is of no use in half. */
const MAX_LENGTH = 300
const MAX_CODE_LENGTH = 600
/** What is quoted beside the best unit is at least this like the question, as a share of the best; where nothing is, what comes next is quoted. */
const RIVAL_SHARE = 0.5
/** Any but a stop word weighs more. */
const LEAST_WORD_WEIGHT = 6
/** Less of a sentence than this says nothing. */
const MIN_PART_LENGTH = 60
const ELLIPSIS = ' … '
const EMPTY_LINE = /\n\s*\n/
/** A colon at the end; or a comment, which speaks of the code below it. */
const INTRODUCTION = /[:：]$|^(?:\/\/|#)/

/**
 * Quotes a text: its unit `best`, with the next ones in merit as room allows, in reading order and at most some 300 UTF-16 units. A unit that introduces
 * something brings it along, which may take twice as much. Of a sentence that does not fit, the part with the question's words is quoted.
 */
export function quote(text: string, units: readonly RatedUnit[], best: RatedUnit): Quotation {
  const first = widen(text, units, best)
  if (first.end - first.start > MAX_LENGTH && first.end === best.end && first.start === best.start) {
    return show(text, [focus(text, best, MAX_LENGTH)])
  }
  const chosen: Unit[] = [first]
  let room = MAX_LENGTH - (first.end - first.start)
  for (const unit of followers(text, units, best)) {
    room -= ELLIPSIS.length
    if (chosen.length === MAX_UNITS || room < MIN_PART_LENGTH) break
    if (chosen.some(({ start, end }) => unit.start < end && start < unit.end)) continue
    const part = unit.end - unit.start > room ? focus(text, unit, room) : unit
    chosen.push(part)
    room -= part.end - part.start
  }
  return show(
    text,
    chosen.toSorted((a, b) => a.start - b.start),
  )
}

/** A unit with the one that introduces it and with what it introduces itself, where there is room. */
function widen(text: string, units: readonly RatedUnit[], unit: RatedUnit): Unit {
  const before = units[units.indexOf(unit) - 1]
  const isIntroduced = before !== undefined && introduces(text, before) && unit.end - before.start <= MAX_CODE_LENGTH
  const start = isIntroduced ? before.start : unit.start
  return introduces(text, unit) || isIntroduced ? { start, end: endOfBlock(text, start, unit) } : unit
}

function introduces(text: string, { start, end }: Unit): boolean {
  return INTRODUCTION.test(text.slice(start, end))
}

/** Where the block below or around a unit ends: all of it, or as many of its lines as there is room for. */
function endOfBlock(text: string, from: number, unit: Unit): number {
  const isIntroduction = introduces(text, unit)
  const rest = text.slice(unit.end, Math.max(unit.end, from + MAX_CODE_LENGTH))
  const gap = isIntroduction ? /^\s*/.exec(rest)![0].length : 0
  const block = rest.slice(gap).split(EMPTY_LINE, 1)[0]!
  const isCut = unit.end + gap + block.length === from + MAX_CODE_LENGTH && from + MAX_CODE_LENGTH < text.length
  const kept = (isCut ? block.slice(0, block.lastIndexOf('\n') + 1) : block).trimEnd()
  return kept === '' ? unit.end : unit.end + gap + kept.length
}

/** The rivals of the best unit, best first; where it has none, the unit after it in the same paragraph or list. */
function followers(text: string, units: readonly RatedUnit[], best: RatedUnit): readonly RatedUnit[] {
  const rivals = units.filter(unit => unit !== best && unit.likeness >= RIVAL_SHARE * best.likeness && hasOwnWord(unit))
  if (rivals.length > 0) return rivals.sort((a, b) => b.likeness - a.likeness).slice(0, MAX_UNITS - 1)
  const next = units[units.indexOf(best) + 1]
  const goesOn = next !== undefined && !EMPTY_LINE.test(text.slice(best.end, next.start))
  return goesOn ? [next] : []
}

/** Whether a unit has a word of the question itself, not only the unit before it or the headings above it. */
function hasOwnWord({ matches }: RatedUnit): boolean {
  return matches.some(({ weight }) => weight >= LEAST_WORD_WEIGHT)
}

function show(text: string, quoted: readonly Unit[]): Quotation {
  const response = quoted.map((part, i) => separate(text, quoted[i - 1], part) + text.slice(part.start, part.end)).join('')
  return { response: response.toWellFormed(), quoted }
}

/** What the text itself has between two units that are neighbours; an empty line, or within a paragraph dots, between others. */
function separate(text: string, before: Unit | undefined, after: Unit): string {
  if (before === undefined) return ''
  const gap = text.slice(before.end, after.start)
  if (gap.trim() === '') return gap
  return gap.includes('\n') ? '\n\n' : ELLIPSIS
}
