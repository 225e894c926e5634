import type { Segment } from '../../text/passages/segments.ts'

/** The number in the marker of an item of a numbered list. */
export function numberOfItem(text: string, { start, item }: Segment): number {
  return Number.parseInt(text.slice(start, item?.textStart), 10)
}
