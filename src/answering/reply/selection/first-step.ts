import type { RatedSegment } from '../../candidate.ts'
import { numberOfItem } from '../item-number.ts'
import { leadOf, type Run } from './run-extent.ts'
import { FREE, type SelectedPassage } from './selected-passage.ts'

/**
 * Widens a run that begins within numbered steps to the first of these, and to the line that
 * introduces them, if there is room.
 * @param room UTF-16 code units.
 */
export function withFirstStep(run: Run, room: number): Run {
  const { passage, first, last } = run
  const step = findFirstStep(passage, first, last)
  if (step === undefined || step >= first) return run
  const begins = [leadOf(passage, step) ?? step, step]
  const fits = (from: number) =>
    passage.lengthOf(from, last) <= room && passage.states.subarray(from, first).every(state => state === FREE)
  const begin = begins.find(fits)
  return begin === undefined ? run : { ...run, first: begin }
}

/** Step 1 of the steps that a run is in, or begins with. Undefined if it is in another passage. */
function findFirstStep({ segments, candidate }: SelectedPassage, first: number, last: number): number | undefined {
  const { text } = candidate.passage
  const isStep = ({ item }: RatedSegment, i: number) => item?.isNumbered === true && item.indent === 0 && i <= last
  if (!segments.some(isStep)) return undefined
  const steps = segments.flatMap((segment, i) => (isStep(segment, i) ? [i] : []))
  let at = Math.max(
    0,
    steps.findLastIndex(i => i <= first),
  )
  const numberOf = (i: number) => numberOfItem(text, segments[i]!)
  const continues = (before: number, step: number) =>
    segments[before]!.block === segments[step]!.block || numberOf(before) < numberOf(step)
  while (at > 0 && continues(steps[at - 1]!, steps[at]!)) at--
  const step = steps[at]
  return step !== undefined && numberOf(step) === 1 ? step : undefined
}
