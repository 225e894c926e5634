import type { Run } from './run-extent.ts'
import { FREE, HEADING_COST } from './selected-passage.ts'
import type { Selection } from './selection.ts'

/** A segment with this share of a message's weight is its error. Values differ in each run. */
const MOST_OF_MESSAGE = 0.5

/**
 * The beginning of the section after an error message that ends its passage: it explains the error
 * more likely than what repeats its words. Undefined if it was not found or does not fit.
 * @param room UTF-16 code units.
 */
export function findExplanation(selection: Selection, { passage, first, last }: Run, room: number): Run | undefined {
  const { documentId, ordinal } = passage.candidate.passage
  const isMessage = passage.segments.slice(first, last + 1).some(({ covered }) => covered >= MOST_OF_MESSAGE)
  if (!isMessage || last < passage.segments.length - 1) return undefined
  const after = selection.candidates.find(
    ({ passage: other }) => other.documentId === documentId && other.ordinal === ordinal + 1,
  )
  if (after === undefined) return undefined
  const next = selection.open(after)
  if (next.states.some(state => state !== FREE)) return undefined
  const end = next.segments.findLastIndex((_, i) => next.lengthOf(0, i) <= room - HEADING_COST)
  return end < 0 ? undefined : { passage: next, first: 0, last: end, probability: next.candidate.probability }
}
