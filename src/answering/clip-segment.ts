import type { RatedUnit } from './quotation.ts'
import type { Unit } from './segments.ts'

/** Where an answer stands beside the question's words nobody knows: so many UTF-16 units on either side are better than none. */
const WANTED_MARGIN = 90
/** Worth less than one more word of the question that is none of the small ones. */
const MARGIN_WEIGHT = 8

/**
 * The run of a unit, of at most `maxLength` UTF-16 units and between words where there are any, that has most of the question's words, with room on
 * both sides of them. Of several alike the first. Cost grows with the number of matches times that of places where the run could begin.
 */
export function focus(text: string, unit: RatedUnit, maxLength: number): Unit {
  let best = { start: unit.start, rating: -1 }
  for (const start of placesToBegin(text, unit, maxLength)) {
    const rating = rate(unit, start - unit.start, maxLength)
    if (rating > best.rating) best = { start, rating }
  }
  const limit = Math.min(unit.end, best.start + maxLength)
  if (limit === unit.end) return { start: best.start, end: limit }
  const lastSpace = text.slice(best.start, limit + 1).search(/\s\S*$/)
  return { start: best.start, end: lastSpace > 0 ? best.start + lastSpace : limit }
}

const MAX_PLACES = 200

function placesToBegin(text: string, { start, end }: Unit, maxLength: number): readonly number[] {
  const last = Math.max(start, end - maxLength)
  const places = [start]
  for (const { index } of text.slice(start, Math.min(last, start + 20_000)).matchAll(/(?<=\s)\S/g)) places.push(start + index)
  const lastWord = text.slice(last, end).search(/(?<=\s)\S/)
  if (last > start && lastWord >= 0) places.push(last + lastWord)
  const step = Math.ceil(places.length / MAX_PLACES)
  return places.filter((_, i) => i % step === 0 || i === places.length - 1)
}

function rate({ matches }: RatedUnit, from: number, length: number): number {
  const inside = matches.filter(({ start, end }) => start >= from && end <= from + length)
  const [first, last] = [inside[0], inside.at(-1)]
  if (first === undefined || last === undefined) return 0
  const weights = new Map(inside.map(({ term, weight }) => [term, weight]))
  const margin = Math.min(first.start - from, from + length - last.end, WANTED_MARGIN)
  return [...weights.values()].reduce((sum, weight) => sum + weight, MARGIN_WEIGHT * (margin / WANTED_MARGIN))
}
