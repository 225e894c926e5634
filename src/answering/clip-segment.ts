import type { RatedSegment } from './quotation.ts'
import type { Segment } from './segments.ts'

/**
 * UTF-16 code units to keep on either side of the question's words, since the answer may be on
 * either side.
 */
const WANTED_MARGIN = 90
/** Less than the weight of one more content word of the question. */
const MARGIN_WEIGHT = 8

/**
 * Finds the part of a segment, at most `maxLength` UTF-16 code units long, that contains most of
 * the question's words with some text on both sides. Cuts between words if possible. Returns the
 * first of equal parts. Cost: number of matches × number of possible starts.
 */
export function clipSegment(text: string, segment: RatedSegment, maxLength: number): Segment {
  let best = { start: segment.start, rating: -1 }
  for (const start of possibleStarts(text, segment, maxLength)) {
    const rating = rate(segment, start - segment.start, maxLength)
    if (rating > best.rating) best = { start, rating }
  }
  const limit = Math.min(segment.end, best.start + maxLength)
  if (limit === segment.end) return { start: best.start, end: limit }
  const lastSpace = text.slice(best.start, limit + 1).search(/\s\S*$/)
  return { start: best.start, end: lastSpace > 0 ? best.start + lastSpace : limit }
}

const MAX_PLACES = 200

function possibleStarts(text: string, { start, end }: Segment, maxLength: number): readonly number[] {
  const last = Math.max(start, end - maxLength)
  const places = [start]
  for (const { index } of text.slice(start, Math.min(last, start + 20_000)).matchAll(/(?<=\s)\S/g)) places.push(start + index)
  const lastWord = text.slice(last, end).search(/(?<=\s)\S/)
  if (last > start && lastWord >= 0) places.push(last + lastWord)
  const step = Math.ceil(places.length / MAX_PLACES)
  return places.filter((_, i) => i % step === 0 || i === places.length - 1)
}

function rate({ matches }: RatedSegment, from: number, length: number): number {
  const inside = matches.filter(({ start, end }) => start >= from && end <= from + length)
  const [first, last] = [inside[0], inside.at(-1)]
  if (first === undefined || last === undefined) return 0
  const weights = new Map(inside.map(({ term, weight }) => [term, weight]))
  const margin = Math.min(first.start - from, from + length - last.end, WANTED_MARGIN)
  return [...weights.values()].reduce((sum, weight) => sum + weight, MARGIN_WEIGHT * (margin / WANTED_MARGIN))
}
