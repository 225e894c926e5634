import { excerpt } from './excerpt.ts'
import type { Unit } from './units.ts'

/** A unit, and how like the question it is, 0–1. */
export interface RatedUnit extends Unit {
  readonly likeness: number
}

const MAX_UNITS = 3
/** What is quoted beside the best unit is at least this like the question, as a share of the best; where nothing is, what comes next is quoted. */
const RIVAL_SHARE = 0.6
/** Of a longer reply people read the beginning: the best unit must stand in it. */
const LEAD_LENGTH = 300

/**
 * Quotes a text: its unit `best`, with the next ones in merit as room allows, in at most some `maxLength` UTF-16 units. They stand in reading order,
 * unless the best would then come late; it leads, in that case. A unit that introduces something brings it along.
 */
export function quote(text: string, units: readonly RatedUnit[], best: RatedUnit, maxLength: number): string {
  const first = withWhatItIntroduces(text, best, maxLength)
  if (first.end - first.start > maxLength) return excerpt(text, first.start, first.end, maxLength)
  const chosen: Unit[] = [first]
  let length = first.end - first.start
  for (const unit of followers(units, best)) {
    const whole = withWhatItIntroduces(text, unit, maxLength - length)
    const more = whole.end - whole.start + ELLIPSIS.length
    if (chosen.length === MAX_UNITS || length + more > maxLength) continue
    if (chosen.some(({ start, end }) => whole.start < end && start < whole.end)) continue
    chosen.push(whole)
    length += more
  }
  const ordered = chosen.toSorted((a, b) => a.start - b.start)
  const late = first.end - ordered[0]!.start > LEAD_LENGTH
  return join(text, late ? [first, ...ordered.filter(unit => unit !== first)] : ordered)
}

const ELLIPSIS = ' … '

/** The rivals of the best unit, best first, then the unit after it. */
function followers(units: readonly RatedUnit[], best: RatedUnit): readonly RatedUnit[] {
  const rivals = units.filter(unit => unit !== best && unit.likeness >= RIVAL_SHARE * best.likeness)
  const next = units[units.indexOf(best) + 1]
  return [...rivals.sort((a, b) => b.likeness - a.likeness).slice(0, MAX_UNITS - 1), ...(next === undefined ? [] : [next])]
}

/** A unit that ends in a colon, with the block below it: all of it, or as many of its lines as `maxLength` leaves room for. */
function withWhatItIntroduces(text: string, unit: Unit, maxLength: number): Unit {
  if (!/[:：]$/.test(text.slice(unit.start, unit.end))) return unit
  const blockStart = unit.end + Math.max(0, text.slice(unit.end, unit.end + maxLength).search(/\S/))
  const room = text.slice(blockStart, unit.start + maxLength + 1)
  const blockEnd = room.search(/\n\s*\n/)
  const block =
    blockEnd === -1 && room.length + blockStart < text.length
      ? room.slice(0, Math.max(0, room.lastIndexOf('\n')))
      : room.slice(0, blockEnd === -1 ? undefined : blockEnd)
  return block.trim() === '' ? unit : { start: unit.start, end: blockStart + block.trimEnd().length }
}

function join(text: string, parts: readonly Unit[]): string {
  return parts
    .map(({ start, end }, i) => {
      const before = parts[i - 1]
      const gap = before === undefined ? '' : before.end <= start ? text.slice(before.end, start) : ELLIPSIS
      const separator = gap.trim() === '' ? gap : gap.includes('\n') ? '\n' : ELLIPSIS
      return separator + text.slice(start, end)
    })
    .join('')
}
