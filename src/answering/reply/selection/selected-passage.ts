import {
  ANNOUNCES,
  countSegments,
  endAt,
  formAt,
  headerLengthAt,
  isInBlockOf,
  kindAt,
  type SegmentTable,
  startAt,
} from '../../../text/passages/segment-table.ts'
import type { Candidate, RatedSegment } from '../../candidate.ts'
import type { ListNames } from '../list-names.ts'

/** The states of a segment. One that is named is a part of a list that is shown by names. */
export const [FREE, QUOTED, SKIPPED, NAMED] = [0, 1, 2, 3]

/** UTF-16 code units of a heading with its marks. */
export const HEADING_COST = 50
/** UTF-16 code units of the gap between two blocks. */
const GAP_COST = 2

/**
 * A passage with the states of its segments. Segments are known by their numbers, from 0: runs of
 * ten passages are compared for a question, and `segments` is read of those that are quoted.
 */
export class SelectedPassage {
  readonly candidate: Candidate
  readonly states: Uint8Array
  /** By segment: the first one of its block. Adjacent blocks of code are one, a row is alone. */
  readonly starts: readonly number[]
  /** By segment: the first of the announcing ones just before it, or itself. */
  readonly chains: readonly number[]
  /** By segment: the sum of the probabilities before it. */
  readonly sums: readonly number[]
  /** The names that replace a block of it, or follow what is quoted. */
  names?: ListNames
  /** By segment: its place in the text that is shown, in UTF-16 code units. */
  readonly #begins: readonly number[]
  readonly #ends: readonly number[]

  /** Opens a passage with all segments free. Linear time. */
  constructor(candidate: Candidate) {
    const { table, probabilities, hidden } = candidate
    const count = countSegments(table)
    const starts: number[] = []
    const chains: number[] = []
    const sums = [0]
    const begins: number[] = []
    const ends: number[] = []
    for (let i = 0; i < count; i++) {
      const kind = kindAt(table, i)
      const isSame = i > 0 && (isInBlockOf(table, i, i - 1) || (kind === 'code' && kindAt(table, i - 1) === 'code'))
      const isAnnounced = i > 0 && announcesAt(table, i - 1)
      starts.push(isSame && kind !== 'row' ? starts[i - 1]! : i)
      chains.push(isAnnounced ? chains[i - 1]! : i)
      sums.push(sums[i]! + probabilities[i]!)
      begins.push(startAt(table, i) - (hidden?.[i] ?? 0))
      ends.push(endAt(table, i) - (hidden?.[i] ?? 0))
    }
    this.candidate = candidate
    this.states = new Uint8Array(count)
    this.starts = starts
    this.chains = chains
    this.sums = sums
    this.#begins = begins
    this.#ends = ends
  }

  get segments(): readonly RatedSegment[] {
    return this.candidate.segments()
  }

  get count(): number {
    return this.states.length
  }

  /** Whether a segment announces what comes after it. */
  announces(i: number): boolean {
    return announcesAt(this.candidate.table, i)
  }

  /** UTF-16 code units that a range of segments adds to those before it. */
  costOf(from: number, to: number): number {
    return this.#ends[to]! - (from === 0 ? 0 : this.#ends[from - 1]!)
  }

  /** UTF-16 code units from the beginning of a segment to the end of another. */
  spanOf(first: number, last: number): number {
    return this.#ends[last]! - this.#begins[first]!
  }

  /** UTF-16 code units of a run with the header of its table. */
  lengthOf(first: number, last: number): number {
    return this.spanOf(first, last) + GAP_COST + headerLengthAt(this.candidate.table, first)
  }

  /** UTF-16 code units of what is quoted. */
  get quotedLength(): number {
    const { states } = this
    let length = 0
    for (let i = states.indexOf(QUOTED); i >= 0 && i < this.count; i++)
      if (states[i] === QUOTED) length += states[i - 1] === QUOTED ? this.costOf(i, i) : this.lengthOf(i, i)
    return length
  }

  /** The terms of what is quoted, as a mask. */
  get quotedMask(): number {
    const { masks } = this.candidate
    return this.states.reduce((all, state, i) => (state === QUOTED ? all | masks[i]! : all), 0)
  }
}

function announcesAt(table: SegmentTable, i: number): boolean {
  return (formAt(table, i) & ANNOUNCES) !== 0
}
