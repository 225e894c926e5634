import type { Candidate } from '../../candidate.ts'
import type { QuotedSection } from '../quoted-section.ts'
import { completeQuotes } from './completion.ts'
import { skipContents } from './contents-list.ts'
import { skipCopies } from './copies.ts'
import { findExplanation } from './explanation.ts'
import { withFirstStep } from './first-step.ts'
import { chooseFurther, isDominant } from './further-section.ts'
import { listRun, showNames } from './list-run.ts'
import { closeGaps, dropLooseEnds, fillRoom } from './remaining-room.ts'
import { listQuoted } from './row-choice.ts'
import { closeRun, type Run, widen } from './run-extent.ts'
import { type Accepts, findRuns, findSide } from './run-search.ts'
import { HEADING_COST } from './selected-passage.ts'
import { Selection } from './selection.ts'

/** How the room is divided among runs. */
export interface RunLimits {
  /**
   * For each run its share of the room, of which the last one gets what is left, and the share up
   * to which a passage is quoted whole.
   */
  readonly shares: readonly (readonly [run: number, whole: number])[]
  /** A run of another section needs at least this share of the first run's probability. */
  readonly leastShare: number
}

/** The limits for a message with one question. */
export const RUNS: RunLimits = {
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

/** What a question wants quoted. */
export interface Wanted {
  /** All words of the question, as of `plainWordsOf`. */
  readonly words: ReadonlySet<string>
  /** What a comparison needs: a run of each, if a segment is accepted. */
  readonly sides: readonly Accepts[]
  /** Whether the list or table of the first run is quoted whole, if it fits. */
  readonly asksForList: boolean
  /** Whether it may be a task, which code shows. */
  readonly wantsCode: boolean
  /** Whether it is an error message, which is not the answer to itself. */
  readonly isError: boolean
}

/** UTF-16 code units of a reply. */
export interface Room {
  /** What all runs together fill. */
  readonly filled: number
  /** The most that is used, to keep lists and code whole. */
  readonly limit: number
}

/** Share of the room up to which a passage with by far the greatest probability is quoted whole. */
const WHOLE_SHARE = 1.1

/**
 * Selects up to three runs of neighbouring segments: each time the likeliest one that fits. A run
 * begins with the first sentence of its block, or with the line that introduces it, if there is
 * room. Runs of one section are joined. Sections are in the order of their first run.
 */
export function selectRuns(
  candidates: readonly Candidate[],
  room: Room,
  wanted: Wanted,
  { shares, leastShare }: RunLimits,
): readonly QuotedSection[] {
  const selection = new Selection(candidates)
  skipContents(selection, wanted.asksForList)
  let first: Run | undefined
  for (const [share, wholeShare] of shares) {
    const budget = Math.min(room.filled - selection.spent, Math.round(share * room.filled))
    const found =
      first === undefined
        ? findFirst(selection, wanted, budget, room.limit)
        : ((wanted.isError ? findExplanation(selection, first, room.filled - selection.spent) : undefined) ??
          findNext(selection, wanted, budget, first.probability, leastShare))
    if (found === undefined) break
    const isFirst = first === undefined
    const longest = room.limit - HEADING_COST
    const list = isFirst && wanted.asksForList ? listRun(selection, found, longest) : undefined
    const mayFill = isFirst && wanted.sides.length === 0 && isDominant(candidates, found.passage.candidate)
    const whole = mayFill ? Math.min(WHOLE_SHARE * room.filled, longest) : wholeShare * room.filled
    const widened = list?.run ?? widen(found, whole)
    const run = wanted.wantsCode ? withFirstStep(widened, longest - selection.spent) : widened
    selection.quote(run.passage, run.first, run.last)
    if (list?.names === undefined) closeRun(run, room.limit - selection.spent)
    else showNames(selection, run.passage, list.names)
    completeQuotes(run.passage, room.limit - selection.spent, wanted.wantsCode && isFirst)
    skipCopies(selection, run.passage)
    first ??= run
  }
  closeGaps(selection, room.limit - selection.spent)
  fillRoom(selection, room.filled - selection.spent)
  dropLooseEnds(selection)
  return listSections(selection, wanted)
}

/** The first run. One that is longer than its share may take the room of the others. */
function findFirst(selection: Selection, { sides }: Wanted, budget: number, limit: number): Run | undefined {
  const isCompared = (own: number, path: number) => sides.some(accepts => accepts(own | path))
  const [compared] = sides.length > 0 ? findRuns(selection, budget, isCompared) : []
  if (compared !== undefined) return compared
  const [fitting] = findRuns(selection, budget)
  if (fitting !== undefined) return fitting
  const [longer] = findRuns(selection, limit)
  return longer
}

/** A further run. Skips the sections that are beside the point. */
function findNext(
  selection: Selection,
  { sides }: Wanted,
  budget: number,
  firstProbability: number,
  leastShare: number,
): Run | undefined {
  const side = findSide(selection, sides, budget)
  if (side !== undefined) return side
  const { run, beside } = chooseFurther(selection, findRuns(selection, budget), firstProbability, leastShare)
  for (const section of beside) selection.skipSection(section)
  return run
}

function listSections({ shown, sections }: Selection, { words, asksForList }: Wanted): readonly QuotedSection[] {
  const quoted = shown
    .map(passage => ({
      candidate: passage.candidate,
      segments: listQuoted(passage, words, asksForList),
      ...(passage.names && { names: passage.names }),
    }))
    .filter(({ segments }) => segments.length > 0)
    .sort((a, b) => a.candidate.passage.ordinal - b.candidate.passage.ordinal)
  return sections
    .map(section => ({ passages: quoted.filter(({ candidate }) => candidate.section === section) }))
    .filter(({ passages }) => passages.length > 0)
}
