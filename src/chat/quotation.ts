import { excerpt } from './excerpt.ts'
import type { Unit } from './units.ts'

/** A unit, and how like the question it is, 0–1. */
export interface RatedUnit extends Unit {
  readonly likeness: number
}

const MAX_UNITS = 3
/** What is quoted beside the best unit is at least this like the question, as a share of the best; where nothing is, what comes next is quoted. */
const RIVAL_SHARE = 0.7
/** Of a longer reply people read the beginning: the best unit must stand in it. */
const LEAD_LENGTH = 300
const ELLIPSIS = ' … '
const EMPTY_LINE = /\n\s*\n/
/** A colon at the end; or a comment, which speaks of the code below it. */
const INTRODUCTION = /[:：]$|^(?:\/\/|#)/

/**
 * Quotes a text: its unit `best`, with the next ones in merit as room allows, in at most some `maxLength` UTF-16 units. They stand in reading order,
 * unless the best would then come late; it leads, in that case. A unit that introduces something brings it along.
 */
export function quote(text: string, units: readonly RatedUnit[], best: RatedUnit, maxLength: number): string {
  const first = withWhatItIntroduces(text, withIntroduction(text, units, best, maxLength), maxLength)
  if (first.end - first.start > maxLength) return excerpt(text, first.start, first.end, maxLength)
  const chosen: Unit[] = [first]
  let length = first.end - first.start
  for (const unit of followers(text, units, best)) {
    const whole = withWhatItIntroduces(text, unit, maxLength - length)
    const more = whole.end - whole.start + ELLIPSIS.length
    if (chosen.length === MAX_UNITS || length + more > maxLength) continue
    if (chosen.some(({ start, end }) => whole.start < end && start < whole.end)) continue
    chosen.push(whole)
    length += more
  }
  const ordered = chosen.toSorted((a, b) => a.start - b.start)
  const ahead = ordered.slice(0, ordered.indexOf(first) + 1).reduce((sum, { start, end }) => sum + end - start, 0)
  return join(text, ahead > LEAD_LENGTH ? [first, ...ordered.filter(unit => unit !== first)] : ordered)
}

/** A unit together with the one before it, where that introduces it and there is room for both. */
function withIntroduction(text: string, units: readonly Unit[], unit: Unit, maxLength: number): Unit {
  const before = units[units.indexOf(unit) - 1]
  if (before === undefined || !INTRODUCTION.test(text.slice(before.start, before.end))) return unit
  return unit.end - before.start > maxLength ? unit : { start: before.start, end: unit.end }
}

/** The rivals of the best unit, best first, then the unit after it in the same paragraph or list. */
function followers(text: string, units: readonly RatedUnit[], best: RatedUnit): readonly RatedUnit[] {
  const rivals = units.filter(unit => unit !== best && unit.likeness >= RIVAL_SHARE * best.likeness)
  const next = units[units.indexOf(best) + 1]
  const goesOn = next !== undefined && !EMPTY_LINE.test(text.slice(best.end, next.start))
  return [...rivals.sort((a, b) => b.likeness - a.likeness).slice(0, MAX_UNITS - 1), ...(goesOn ? [next] : [])]
}

/** A unit that introduces something, with the block below it: all of it, or as many of its lines as `maxLength` leaves room for. */
function withWhatItIntroduces(text: string, unit: Unit, maxLength: number): Unit {
  if (!INTRODUCTION.test(text.slice(unit.start, unit.end))) return unit
  const rest = text.slice(unit.end, Math.max(unit.end, unit.start + maxLength))
  const gap = /^\s*/.exec(rest)![0].length
  const block = rest.slice(gap).split(EMPTY_LINE, 1)[0]!
  const isCut = unit.end + gap + block.length === unit.start + maxLength && unit.start + maxLength < text.length
  const kept = (isCut ? block.slice(0, block.lastIndexOf('\n') + 1) : block).trimEnd()
  return kept === '' ? unit : { start: unit.start, end: unit.end + gap + kept.length }
}

function join(text: string, parts: readonly Unit[]): string {
  return parts.map((part, i) => separate(text, parts[i - 1], part) + text.slice(part.start, part.end)).join('')
}

/** What the text itself has between two units that are neighbours; an empty line, or within a paragraph dots, between others. */
function separate(text: string, before: Unit | undefined, after: Unit): string {
  if (before === undefined) return ''
  const gap = text.slice(Math.min(before.end, after.end), Math.max(before.start, after.start))
  if (before.start < after.start && gap.trim() === '') return gap
  return gap.includes('\n') ? '\n\n' : ELLIPSIS
}
