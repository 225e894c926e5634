import type { Candidate, RatedSegment } from '../choice.ts'

/** UTF-16 code units of the gap between two blocks. */
const GAP_COST = 2
/** A longer rest of a paragraph may stay omitted. UTF-16 code units. */
const MAX_REST = 100
/** The states of a segment. One that is named is a part of a list that is shown by names. */
export const [FREE, QUOTED, SKIPPED, NAMED] = [0, 1, 2, 3]

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
export function startOfBlock(segments: readonly RatedSegment[], i: number): number {
  const { block, kind } = segments[i]!
  if (kind === 'row') return i
  const isSame = (other: RatedSegment) => other.block === block || (kind === 'code' && other.kind === 'code')
  let start = i
  while (start > 0 && isSame(segments[start - 1]!)) start--
  return start
}

/**
 * The first of the lines and items that introduce a block: they end in a colon, as the name of a
 * file above its content does, or are the text above code.
 */
export function leadOf(candidate: Candidate, blockStart: number): number | undefined {
  const { segments } = candidate
  const isLead = (i: number) =>
    i >= 0 &&
    (segments[i]!.announces || (segments[i]!.kind === 'prose' && i === blockStart - 1 && segments[blockStart]!.kind === 'code'))
  let lead = blockStart
  while (isLead(lead - 1)) lead--
  return lead === blockStart ? undefined : lead
}

/**
 * Completes the end of a run: a line that announces something takes the next segment with it, a
 * list whose beginning is quoted is quoted whole, and a paragraph with a short rest, too. The line
 * is dropped if nothing fits, unless the run has no other.
 * @param room UTF-16 code units that may be added.
 */
export function closeRun(candidate: Candidate, taken: Uint8Array, { first, last }: Run, room: number): void {
  const { segments } = candidate
  const { end } = segments[last]!
  let to = last
  while (segments[to]!.announces && taken[to + 1] === FREE && segments[to + 1]!.end - end <= room) to++
  if (segments[to]!.announces) {
    let kept = last
    while (kept >= first && segments[kept]!.announces) kept--
    if (kept >= first) taken.fill(FREE, kept + 1, last + 1)
    return
  }
  const { kind, block } = segments[to]!
  if (kind === 'item' && (to > last || taken[startOfBlock(segments, to)] === QUOTED)) {
    const whole = segments.findLastIndex(segment => segment.block === block)
    if (segments[whole]!.end - end <= room) to = whole
  }
  if (kind === 'prose') {
    const rest = segments.findLastIndex(segment => segment.block === block)
    if (segments[rest]!.end - segments[to]!.end <= Math.min(MAX_REST, room - (segments[to]!.end - end))) to = rest
  }
  taken.fill(QUOTED, last, to + 1)
}

/** UTF-16 code units that a range of segments adds to those before it. */
export function costOf(segments: readonly RatedSegment[], from: number, to: number): number {
  return segments[to]!.end - (segments[from - 1]?.end ?? 0)
}

/** UTF-16 code units of a run with the header of its table. */
export function lengthOf(segments: readonly RatedSegment[], first: number, last: number): number {
  const { header } = segments[first]!
  return segments[last]!.end - segments[first]!.start + GAP_COST + (header === undefined ? 0 : header.end - header.start)
}
