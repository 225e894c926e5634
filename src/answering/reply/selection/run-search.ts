import { HEADING_COST, lengthOf } from './quote-length.ts'
import { beginOf, type Run } from './run-extent.ts'
import { FREE, QUOTED, type SelectedPassage, type Selection } from './selection.ts'

/** Whether a text with these terms of the question, as a mask, is about something. */
export type Accepts = (mask: number) => boolean

/** The same for a segment: its own terms, and those of its headings. */
export type AcceptsSegment = (own: number, path: number) => boolean

/** A block of code or a list item may exceed the room of its run by this factor, to stay whole. */
const WHOLE_FACTOR = 1.5

/**
 * Finds the likeliest run of each passage that fits, the likeliest of all first.
 * @param room UTF-16 code units of a run, with the heading of a new section.
 * @param accepts Whether a run may be chosen for a segment.
 */
export function findRuns(selection: Selection, room: number, accepts?: AcceptsSegment): readonly Run[] {
  const runs: Run[] = []
  for (const passage of selection.passages) {
    const isNew = !selection.sections.includes(passage.candidate.section)
    const run = findRun(passage, isNew ? room - HEADING_COST : room, accepts)
    if (run !== undefined) runs.push(run)
  }
  return runs.sort((a, b) => b.probability - a.probability)
}

function findRun(passage: SelectedPassage, room: number, accepts?: AcceptsSegment): Run | undefined {
  const { segments, states, sums, candidate } = passage
  let best: Run | undefined
  let freeFrom = 0
  let freeTo = -1
  for (let i = 0; i < segments.length; i++) {
    if (states[i] !== FREE) {
      freeFrom = i + 1
      continue
    }
    if (freeTo < i) freeTo = i
    while (states[freeTo + 1] === FREE) freeTo++
    if (accepts !== undefined && !accepts(segments[i]!.mask, candidate.pathMask)) continue
    const first = beginOf(passage, i, freeFrom, room)
    if (lengthOf(segments, first, i) > WHOLE_FACTOR * room) continue
    const last = lastThatFits(passage, first, i, freeTo, room)
    const probability = sums[last + 1]! - sums[first]!
    if (probability > (best?.probability ?? 0)) best = { passage, first, last, probability }
  }
  return best
}

/** The last segment up to which a run fits, between two others; at least the first of these. */
function lastThatFits({ segments }: SelectedPassage, first: number, from: number, to: number, room: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (lengthOf(segments, first, middle) <= room) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Finds a run of a side of a comparison that is not quoted yet: below headings of this side alone,
 * or else anywhere. What is quoted below headings of another side alone may only mention it.
 */
export function findSide(selection: Selection, sides: readonly Accepts[], room: number): Run | undefined {
  if (sides.length === 0) return undefined
  const quoted = quotedTerms(selection)
  const isBelow = (side: Accepts, path: number) => side(path) && sides.every(other => other === side || !other(path))
  const isBelowOther = (side: Accepts, path: number) => sides.some(other => other !== side && isBelow(other, path))
  const isMentioned = (side: Accepts) => quoted.some(([own, path]) => side(own | path))
  const missing =
    sides.find(side => !isMentioned(side)) ??
    sides.find(side => !quoted.some(([own, path]) => side(own | path) && !isBelowOther(side, path)))
  if (missing === undefined) return undefined
  const [run] = findRuns(selection, room, (_, path) => isBelow(missing, path))
  return run ?? (isMentioned(missing) ? undefined : findRuns(selection, room, (own, path) => missing(own | path))[0])
}

/** The terms of each quoted segment, and those of its headings. */
function quotedTerms({ quoted }: Selection): readonly (readonly [own: number, path: number])[] {
  return quoted.flatMap(({ segments, states, candidate: { pathMask } }) =>
    segments.filter((_, i) => states[i] === QUOTED).map(({ mask }) => [mask, pathMask] as const),
  )
}
