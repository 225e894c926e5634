import type { ShownSegment } from '../../alternatives.ts'

/** UTF-16 code units of a heading with its marks. */
export const HEADING_COST = 50
/** UTF-16 code units of the gap between two blocks. */
const GAP_COST = 2

/** UTF-16 code units that a range of segments adds to those before it. */
export function costOf(segments: readonly ShownSegment[], from: number, to: number): number {
  return endOf(segments[to]!) - (from === 0 ? 0 : endOf(segments[from - 1]!))
}

/** UTF-16 code units of a run with the header of its table. */
export function lengthOf(segments: readonly ShownSegment[], first: number, last: number): number {
  const { header } = segments[first]!
  return spanOf(segments, first, last) + GAP_COST + (header === undefined ? 0 : header.end - header.start)
}

/** UTF-16 code units from the beginning of a segment to the end of another. */
export function spanOf(segments: readonly ShownSegment[], first: number, last: number): number {
  const { start, hiddenBefore } = segments[first]!
  return endOf(segments[last]!) - (start - hiddenBefore)
}

/** Its end in the text that is shown. */
function endOf({ end, hiddenBefore }: ShownSegment): number {
  return end - hiddenBefore
}
