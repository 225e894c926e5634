import type { Segment } from '../../../text/passages/segments.ts'

/** UTF-16 code units of a heading with its marks. */
export const HEADING_COST = 50
/** UTF-16 code units of the gap between two blocks. */
const GAP_COST = 2

/** UTF-16 code units that a range of segments adds to those before it. */
export function costOf(segments: readonly Segment[], from: number, to: number): number {
  return segments[to]!.end - (segments[from - 1]?.end ?? 0)
}

/** UTF-16 code units of a run with the header of its table. */
export function lengthOf(segments: readonly Segment[], first: number, last: number): number {
  const { header } = segments[first]!
  return segments[last]!.end - segments[first]!.start + GAP_COST + (header === undefined ? 0 : header.end - header.start)
}
