import { lettersOf } from '../../text/segment-facts.ts'
import type { Candidate, RatedSegment } from '../choice.ts'
import { completeQuotes } from './completion.ts'
import { skipContents } from './contents-list.ts'
import { findFurther, isDominant } from './further-section.ts'
import { type ListNames, lengthOfNames, listRun, markNamed } from './list-names.ts'
import { type QuotedSection, sectionOf } from './quoted-section.ts'
import { closeGaps, dropLooseEnds, fillRoom, HEADING_COST, lengthOfQuotes } from './remaining-room.ts'
import { beginOf, closeRun, FREE, lengthOf, NAMED, QUOTED, type Run, SKIPPED, widen } from './run-extent.ts'
import { chooseRows } from './tables/row-choice.ts'

/** Whether a segment with these terms, its own and those of the headings, is about something. */
export type Accepts = (mask: number) => boolean

/** The same for the terms of a segment and those of its headings. */
type IsWanted = (own: number, path: number) => boolean

/** How the room is divided among runs. */
export interface RunLimits {
  /**
   * For each run its share of the room, of which the last one gets what is left, and the share up
   * to which a passage is quoted whole.
   */
  readonly shares: readonly (readonly [run: number, whole: number])[]
  /** A run of another section needs at least this share of the first run's odds. */
  readonly leastShare: number
}

const RUNS: RunLimits = {
  shares: [
    [0.4, 0.6],
    [0.3, 0.45],
    [1, 0.45],
  ],
  leastShare: 0.25,
}
/** The same for one of several questions. */
export const RUNS_OF_PART: RunLimits = {
  shares: [
    [0.7, 0.6],
    [1, 0.45],
  ],
  leastShare: 0.5,
}

export interface Wanted {
  /** All words of the question, as of `plainWordsOf`. */
  readonly words: ReadonlySet<string>
  /** What a comparison needs: a run of each, if a segment is accepted. */
  readonly sides: readonly Accepts[]
  /** Whether the list or table of the first run is quoted whole, if it fits. */
  readonly asksForList: boolean
  /** Whether it may be a task, which code shows. */
  readonly wantsCode: boolean
}
/** Share of the room up to which a passage with by far the most odds is quoted whole. */
const WHOLE_SHARE = 1.1
/** A block of code or a list item may exceed the room of its run by this factor, to stay whole. */
const WHOLE_FACTOR = 1.5
/**
 * Selects up to three runs of neighbouring segments: each time the run with the greatest mass that
 * fits. A run begins with the first sentence of its block, or with the line that introduces it, if
 * there is room. Runs of one section are joined. Sections are in the order of their first run.
 * @param room UTF-16 code units for all runs together.
 * @param limit The most that is used, to keep lists and code whole.
 */
export function selectRuns(
  candidates: readonly Candidate[],
  room: number,
  limit: number,
  { words, sides, asksForList, wantsCode }: Wanted,
  { shares, leastShare }: RunLimits = RUNS,
): readonly QuotedSection[] {
  const taken = candidates.map(({ segments }) => new Uint8Array(segments.length))
  skipContents(candidates, taken, asksForList)
  const order: string[] = []
  let named: { readonly place: number; readonly names: ListNames } | undefined
  const spent = () => lengthOfQuotes(candidates, taken) + (named === undefined ? 0 : lengthOfNames(named.names))
  let firstMass = 0
  for (const [round, [share, wholeShare]] of shares.entries()) {
    const budget = Math.min(room - spent(), Math.round(share * room))
    const find = (accepts?: IsWanted, most = budget) => findRun(candidates, taken, most, order, accepts)
    const isCompared: IsWanted = (own, path) => sides.some(accepts => accepts(own | path))
    // A first segment that is longer than its share may take the room of the others.
    const found =
      round === 0
        ? ((sides.length > 0 ? find(isCompared) : undefined) ?? find() ?? find(undefined, limit))
        : (findSide(sides, quotedTerms(candidates, taken), find) ??
          findFurther(candidates, taken, order, firstMass, leastShare, find))
    if (found === undefined) break
    const list = asksForList && round === 0 ? listRun(candidates, found, limit - HEADING_COST) : undefined
    const { place } = list?.run ?? found
    const candidate = candidates[place]!
    const marks = taken[place]!
    const mayFill = round === 0 && sides.length === 0 && isDominant(candidates, candidate)
    const whole = mayFill ? Math.min(WHOLE_SHARE * room, limit - HEADING_COST) : wholeShare * room
    const run = list?.run ?? widen(candidate, marks, found, whole)
    if (round === 0) firstMass = run.mass
    marks.fill(QUOTED, run.first, run.last + 1)
    const key = sectionOf(candidate)
    if (!order.includes(key)) order.push(key)
    if (list?.names !== undefined) {
      named = { place, names: list.names }
      markNamed(candidates, taken, place, list.names)
    } else closeRun(candidate, marks, run, limit - spent())
    completeQuotes(candidate, marks, limit - spent(), wantsCode && round === 0)
    skipCopies(candidates, taken, candidate, marks)
  }
  closeGaps(candidates, taken, limit - spent())
  fillRoom(candidates, taken, order, room - spent())
  dropLooseEnds(candidates, taken)
  const quoted = candidates
    .map((candidate, i) => ({
      candidate,
      segments: segmentsIn(candidate, taken[i]!, words, asksForList),
      ...(named?.place === i && { names: named.names }),
    }))
    .filter(({ segments }) => segments.length > 0)
    .sort((a, b) => a.candidate.passage.ordinal - b.candidate.passage.ordinal)
  return order
    .map(key => ({ passages: quoted.filter(({ candidate }) => sectionOf(candidate) === key) }))
    .filter(({ passages }) => passages.length > 0)
}

/** The segments that are quoted or named, without table rows that have little of the question. */
function segmentsIn(candidate: Candidate, marks: Uint8Array, words: ReadonlySet<string>, asksForList: boolean) {
  const { segments } = candidate
  const quoted = segments.filter((_, i) => marks[i] === QUOTED)
  const shown = new Set(chooseRows(candidate, quoted, words, asksForList))
  return segments.filter((segment, i) => marks[i] === NAMED || shown.has(segment))
}

function findRun(
  candidates: readonly Candidate[],
  taken: readonly Uint8Array[],
  budget: number,
  sections: readonly string[],
  accepts: IsWanted = () => true,
): Run | undefined {
  let best: Run | undefined
  for (const [place, candidate] of candidates.entries()) {
    const { segments } = candidate
    const isTaken = taken[place]!
    const fits = sections.includes(sectionOf(candidate)) ? budget : budget - HEADING_COST
    for (let i = 0; i < segments.length; i++) {
      if (isTaken[i] !== FREE || !accepts(segments[i]!.mask, candidate.pathMask)) continue
      const first = beginOf(candidate, isTaken, i, fits)
      let mass = 0
      for (let last = first; last < segments.length && isTaken[last] === FREE; last++) {
        const length = lengthOf(segments, first, last)
        if (length > fits && (last > i || length > WHOLE_FACTOR * fits)) break
        mass += segments[last]!.probability
        if (last >= i && mass > (best?.mass ?? 0)) best = { place, first, last, mass }
      }
    }
  }
  return best
}

/**
 * Finds a run of a side of a comparison that is not quoted yet: below headings of this side alone,
 * or else anywhere. What is quoted below headings of another side alone may only mention it.
 */
function findSide(
  sides: readonly Accepts[],
  quoted: readonly (readonly [own: number, path: number])[],
  find: (accepts: IsWanted) => Run | undefined,
): Run | undefined {
  const isBelow = (side: Accepts, path: number) => side(path) && sides.every(other => other === side || !other(path))
  const isBelowOther = (side: Accepts, path: number) => sides.some(other => other !== side && isBelow(other, path))
  const isMentioned = (side: Accepts) => quoted.some(([own, path]) => side(own | path))
  const missing =
    sides.find(side => !isMentioned(side)) ??
    sides.find(side => !quoted.some(([own, path]) => side(own | path) && !isBelowOther(side, path)))
  if (missing === undefined) return undefined
  const run = find((_, path) => isBelow(missing, path))
  return run ?? (isMentioned(missing) ? undefined : find((own, path) => missing(own | path)))
}

/** The terms of the quoted segments and of their headings. */
function quotedTerms(candidates: readonly Candidate[], taken: readonly Uint8Array[]): readonly (readonly [number, number])[] {
  return candidates.flatMap(({ segments, pathMask }, place) =>
    segments.filter((_, i) => taken[place]![i] === QUOTED).map(({ mask }) => [mask, pathMask] as const),
  )
}

/**
 * Marks the segments that repeat a quoted one, but for their punctuation. A line such as "Example:"
 * may occur more than once.
 */
function skipCopies(candidates: readonly Candidate[], taken: readonly Uint8Array[], quoted: Candidate, marks: Uint8Array): void {
  const wordsOf = ({ passage: { text } }: Candidate, { start, end }: RatedSegment) => lettersOf(text.slice(start, end))
  const originals = Map.groupBy(
    quoted.segments.filter((_, i) => marks[i] === QUOTED),
    ({ fingerprint }) => fingerprint,
  )
  for (const [place, candidate] of candidates.entries())
    for (const [i, segment] of candidate.segments.entries()) {
      const similar = originals.get(segment.fingerprint)
      if (similar === undefined || taken[place]![i] !== FREE || segment.announces) continue
      const words = wordsOf(candidate, segment)
      if (similar.some(original => wordsOf(quoted, original) === words)) taken[place]![i] = SKIPPED
    }
}
