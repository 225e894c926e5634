import { kindAt } from '../../../text/passages/segment-table.ts'
import { FREE, QUOTED, type SelectedPassage } from './selected-passage.ts'

/** A longer rest of a paragraph may stay omitted. UTF-16 code units. */
const MAX_REST = 100

/** Neighbouring segments of a passage. */
export interface Run {
  readonly passage: SelectedPassage
  readonly first: number
  readonly last: number
  /** The sum of the segments' probabilities, 0–1. */
  readonly probability: number
}

/** Widens a run to its whole passage, if that is free and there is room. */
export function widen(run: Run, room: number): Run {
  const { passage } = run
  const last = passage.count - 1
  if (passage.lengthOf(0, last) > room || passage.states.some(state => state !== FREE)) return run
  return { ...run, first: 0, last }
}

/**
 * The best place to begin a run that contains segment `i`: the first one that fits.
 * @param freeFrom From there to `i`, all segments are free.
 */
export function beginOf(passage: SelectedPassage, i: number, freeFrom: number, room: number): number {
  const { starts } = passage
  const start = starts[i]!
  const fits = (from: number) => from < i && from >= freeFrom && passage.spanOf(from, i) <= room
  const lead = leadOf(passage, start)
  if (lead !== undefined && fits(starts[lead]!)) return starts[lead]!
  if (lead !== undefined && fits(lead)) return lead
  return fits(start) ? start : i
}

/**
 * The first of the lines and items that introduce a block: they end in a colon, as the name of a
 * file above its content does, or are the text above code.
 * @param start The first segment of the block.
 */
export function leadOf(passage: SelectedPassage, start: number): number | undefined {
  const { chains, candidate } = passage
  if (start === 0) return undefined
  if (passage.announces(start - 1)) return chains[start]
  const introduces = kindAt(candidate.table, start - 1) === 'prose' && kindAt(candidate.table, start) === 'code'
  return introduces ? chains[start - 1] : undefined
}

/**
 * Completes the end of a run: a line that announces something takes the next segment with it, a
 * list whose beginning is quoted is quoted whole, and a paragraph with a short rest, too. The line
 * is dropped if nothing fits, unless the run has no other.
 * @param room UTF-16 code units that may be added.
 */
export function closeRun({ passage, first, last }: Omit<Run, 'probability'>, room: number): void {
  const { segments, states, starts } = passage
  const costTo = (to: number) => passage.costOf(last + 1, to)
  let to = last
  while (segments[to]!.announces && states[to + 1] === FREE && costTo(to + 1) <= room) to++
  if (segments[to]!.announces) {
    let kept = last
    while (kept >= first && segments[kept]!.announces) kept--
    if (kept >= first) states.fill(FREE, kept + 1, last + 1)
    return
  }
  const { kind, blockLast } = segments[to]!
  const isBegun = kind === 'item' && (to > last || states[starts[to]!] === QUOTED)
  const isNearlyDone = kind === 'prose' && passage.costOf(to + 1, blockLast) <= MAX_REST
  if ((isBegun || isNearlyDone) && costTo(blockLast) <= room) to = blockLast
  states.fill(QUOTED, last, to + 1)
}
