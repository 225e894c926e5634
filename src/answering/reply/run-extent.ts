import type { Candidate, RatedSegment } from '../choice.ts'

/** UTF-16 code units of the gap between two blocks. */
const GAP_COST = 2
const LEAD_IN = /[:：]$/
/** The states of a segment. */
export const [FREE, QUOTED, SKIPPED] = [0, 1, 2]

/** Neighbouring segments of a passage. */
export interface Run {
  /** The place of the candidate. */
  readonly place: number
  readonly first: number
  readonly last: number
  readonly mass: number
}

/** Widens a run to its whole passage, if there is room. */
export function widen({ segments }: Candidate, taken: Uint8Array, run: Run, room: number): Run {
  const last = segments.length - 1
  if (taken.some(one => one !== FREE) || lengthOf(segments, 0, last) > room) return run
  return { ...run, first: 0, last }
}

/**
 * A run with the whole of its last list or table, or of the one after it. Undefined if there is
 * none that fits.
 */
export function wholeList({ segments }: Candidate, run: Run, room: number): Run | undefined {
  const isListed = ({ kind }: RatedSegment) => kind === 'item' || kind === 'row'
  const listed = segments.slice(run.first, run.last + 2).findLast(isListed)
  if (listed === undefined) return undefined
  const start = segments.findIndex(({ block }) => block === listed.block)
  const last = Math.max(
    run.last,
    segments.findLastIndex(({ block }) => block === listed.block),
  )
  const first = Math.min(run.first, start)
  return lengthOf(segments, first, last) <= room ? { ...run, first, last } : undefined
}

/** The best place to begin a run that contains segment `i`: the first one that fits. */
export function beginOf(candidate: Candidate, taken: Uint8Array, i: number, room: number): number {
  const { segments } = candidate
  const isFree = (from: number) => taken.subarray(from, i).every(one => one === FREE)
  const blockStart = startOfBlock(segments, i)
  const lead = leadOf(candidate, blockStart)
  const begins = lead === undefined ? [blockStart] : [startOfBlock(segments, lead), lead, blockStart]
  const end = segments[i]!.end
  return begins.find(from => from < i && isFree(from) && end - segments[from]!.start <= room) ?? i
}

/** Adjacent blocks of code are one block here: the second is often the output of the first. */
function startOfBlock(segments: readonly RatedSegment[], i: number): number {
  const { block, kind } = segments[i]!
  if (kind === 'row') return i
  const isSame = (other: RatedSegment) => other.block === block || (kind === 'code' && other.kind === 'code')
  let start = i
  while (start > 0 && isSame(segments[start - 1]!)) start--
  return start
}

/** The segment that introduces a block: a line that ends in a colon, or the text above code. */
function leadOf({ segments, passage: { text } }: Candidate, blockStart: number): number | undefined {
  const [before, first] = [segments[blockStart - 1], segments[blockStart]!]
  if (before?.kind !== 'prose') return undefined
  const isLead = first.kind === 'code' || LEAD_IN.test(text.slice(before.start, before.end))
  return isLead ? blockStart - 1 : undefined
}

/**
 * Completes the end of a run: a line that introduces something takes the next segment with it, and
 * a list whose beginning is quoted is quoted whole. Returns the length added, negative if the line
 * was dropped because nothing fits. A run of that line alone is kept.
 */
export function closeRun(candidate: Candidate, taken: Uint8Array, { first, last }: Run, room: number): number {
  const { segments } = candidate
  const { end } = segments[last]!
  let to = last
  if (isLeadIn(candidate, last)) {
    const next = segments[last + 1]
    if (next === undefined || taken[last + 1] === SKIPPED || next.end - end > room) {
      if (last === first) return 0
      taken[last] = FREE
      return segments[last]!.start - end
    }
    to = last + 1
  }
  taken.fill(QUOTED, last, to + 1)
  const { kind, block } = segments[to]!
  if (kind === 'item' && taken[startOfBlock(segments, to)] === QUOTED) {
    const whole = segments.findLastIndex(segment => segment.block === block)
    if (segments[whole]!.end - end <= room) to = whole
  }
  taken.fill(QUOTED, last, to + 1)
  return segments[to]!.end - end
}

/** Whether a segment introduces the next one. */
export function isLeadIn({ segments, passage: { text } }: Candidate, i: number): boolean {
  const { start, end, kind } = segments[i]!
  return kind !== 'code' && LEAD_IN.test(text.slice(start, end))
}

/** UTF-16 code units of a run with the header of its table. */
export function lengthOf(segments: readonly RatedSegment[], first: number, last: number): number {
  const { header } = segments[first]!
  return segments[last]!.end - segments[first]!.start + GAP_COST + (header === undefined ? 0 : header.end - header.start)
}
