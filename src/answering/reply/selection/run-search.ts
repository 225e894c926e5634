import { beginOf, type Run } from './run-extent.ts'
import { FREE, HEADING_COST, QUOTED, type SelectedPassage } from './selected-passage.ts'
import type { Selection } from './selection.ts'

/** Whether a text with these terms of the question, as a mask, is about something. */
export type Accepts = (mask: number) => boolean

/** The same for a segment: its own terms, and those of its headings. */
export type AcceptsSegment = (own: number, path: number) => boolean

/** A block of code or a list item may exceed the room of its run by this factor, to stay whole. */
const WHOLE_FACTOR = 1.5

/**
 * Finds the likeliest run of each passage that fits, the likeliest of all first. A run is at most
 * as likely as its passage, so the passages that are less likely than a run are not read for it.
 * @param room UTF-16 code units of a run, with the heading of a new section.
 * @param accepts Whether a run may be chosen for a segment.
 */
export function* findRuns(selection: Selection, room: number, accepts?: AcceptsSegment): Generator<Run, void, void> {
  let found: readonly Run[] = []
  for (const candidate of selection.likeliest) {
    for (; found.length > 0 && found[0]!.probability > candidate.probability; found = found.slice(1)) yield found[0]!
    const isNew = !selection.sections.includes(candidate.section)
    const run = findRun(selection.open(candidate), isNew ? room - HEADING_COST : room, accepts)
    if (run !== undefined) found = [...found, run].sort((a, b) => b.probability - a.probability)
  }
  yield* found
}

function findRun(passage: SelectedPassage, room: number, accepts?: AcceptsSegment): Run | undefined {
  const { count, states, sums, candidate } = passage
  let best: Run | undefined
  let freeFrom = 0
  let freeTo = -1
  for (let i = 0; i < count; i++) {
    if (states[i] !== FREE) {
      freeFrom = i + 1
      continue
    }
    if (freeTo < i) freeTo = i
    while (states[freeTo + 1] === FREE) freeTo++
    if (accepts !== undefined && !accepts(candidate.masks[i]!, candidate.pathMask)) continue
    const first = beginOf(passage, i, freeFrom, room)
    if (passage.lengthOf(first, i) > WHOLE_FACTOR * room) continue
    const last = lastThatFits(passage, first, i, freeTo, room)
    const probability = sums[last + 1]! - sums[first]!
    if (probability > (best?.probability ?? 0)) best = { passage, first, last, probability }
  }
  return best
}

/** The last segment up to which a run fits, between two others; at least the first of these. */
function lastThatFits(passage: SelectedPassage, first: number, from: number, to: number, room: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (passage.lengthOf(first, middle) <= room) low = middle
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
  if (run !== undefined || isMentioned(missing)) return run
  const [mentioning] = findRuns(selection, room, (own, path) => missing(own | path))
  return mentioning
}

/** The terms of each quoted segment, and those of its headings. */
function quotedTerms({ quoted }: Selection): readonly (readonly [own: number, path: number])[] {
  return quoted.flatMap(({ states, candidate: { masks, pathMask } }) =>
    masks.filter((_, i) => states[i] === QUOTED).map(mask => [mask, pathMask] as const),
  )
}
