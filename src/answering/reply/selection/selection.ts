import type { Candidate, RatedSegment } from '../../choice.ts'
import { type ListNames, lengthOfNames } from '../list-names.ts'
import { costOf, HEADING_COST, lengthOf } from './quote-length.ts'

/** The states of a segment. One that is named is a part of a list that is shown by names. */
export const [FREE, QUOTED, SKIPPED, NAMED] = [0, 1, 2, 3]

/** A passage with the states of its segments. Segments are known by their numbers, from 0. */
export interface SelectedPassage {
  readonly candidate: Candidate
  readonly segments: readonly RatedSegment[]
  readonly states: Uint8Array
  /** By segment: the first one of its block. Adjacent blocks of code are one, a row is alone. */
  readonly starts: readonly number[]
  /** By segment: the first of the announcing ones just before it, or itself. */
  readonly chains: readonly number[]
  /** By segment: the sum of the probabilities before it. */
  readonly sums: readonly number[]
  /** The names that replace a block of it, or follow what is quoted. */
  names?: ListNames
}

/** What is quoted of the candidates for one question. Changes while it is chosen. */
export class Selection {
  readonly passages: readonly SelectedPassage[]
  /** The quoted sections, in the order of the reply. */
  readonly sections: string[] = []

  constructor(candidates: readonly Candidate[]) {
    this.passages = candidates.map(openPassage)
  }

  /** The passages of which something is quoted. */
  get quoted(): readonly SelectedPassage[] {
    return this.passages.filter(({ states }) => states.includes(QUOTED))
  }

  /** UTF-16 code units of all that is quoted or named, with the headings. */
  get spent(): number {
    const { quoted } = this
    const headings = new Set(quoted.map(({ candidate }) => candidate.section)).size
    const named = this.passages.find(({ names }) => names !== undefined)?.names
    const length = quoted.reduce((sum, passage) => sum + quotedLength(passage), 0)
    return length + HEADING_COST * headings + (named === undefined ? 0 : lengthOfNames(named))
  }

  /** Quotes segments of a passage. Its section becomes the last one, if it is new. */
  quote({ candidate: { section }, states }: SelectedPassage, first: number, last: number): void {
    states.fill(QUOTED, first, last + 1)
    if (!this.sections.includes(section)) this.sections.push(section)
  }

  /** Excludes the passages of a section from further runs. */
  skipSection(section: string): void {
    for (const { candidate, states } of this.passages) if (candidate.section === section) states.fill(SKIPPED)
  }
}

/** Opens a passage with all segments free. Linear time. */
export function openPassage(candidate: Candidate): SelectedPassage {
  const { segments } = candidate
  const starts: number[] = []
  const chains: number[] = []
  const sums = [0]
  for (let i = 0; i < segments.length; i++) {
    const { block, kind, probability } = segments[i]!
    const before = segments[i - 1]
    const isSame = before?.block === block || (kind === 'code' && before?.kind === 'code')
    starts.push(isSame && kind !== 'row' ? starts[i - 1]! : i)
    chains.push(before?.announces ? chains[i - 1]! : i)
    sums.push(sums[i]! + probability)
  }
  return { candidate, segments, states: new Uint8Array(segments.length), starts, chains, sums }
}

/** The terms of what is quoted of a passage, as a mask. */
export function quotedMask({ segments, states }: SelectedPassage): number {
  return segments.reduce((all, { mask }, i) => (states[i] === QUOTED ? all | mask : all), 0)
}

function quotedLength({ segments, states }: SelectedPassage): number {
  let length = 0
  for (let i = states.indexOf(QUOTED); i >= 0 && i < segments.length; i++)
    if (states[i] === QUOTED) length += states[i - 1] === QUOTED ? costOf(segments, i, i) : lengthOf(segments, i, i)
  return length
}
