import type { RetrievedPassage } from '../search/retrieval.ts'
import { type AnalysedSegment, listSegments, type SegmentTable } from '../text/passages/segment-table.ts'
import type { SegmentScore } from './segment-score.ts'

/** A segment of a passage that may be quoted. */
export interface RatedSegment extends AnalysedSegment {
  /** Share, 0–1, of the question's weight that its terms have. */
  readonly covered: number
  /** Probability, 0–1, that this segment answers best. All segments together have 1. */
  readonly probability: number
}

/** A passage that may be quoted. Its segments are those that are shown, known by their numbers. */
export interface Candidate {
  readonly passage: RetrievedPassage
  /** The question's terms in the title and headings, and in these and the text, as masks. */
  readonly pathMask: number
  readonly mask: number
  /** Share, 0–1, of the question's weight that these terms have. */
  readonly covered: number
  /** The same for the title and headings alone; 1 for the entry of the identifier asked about. */
  readonly headed: number
  /** The sum of the segments' probabilities. */
  readonly probability: number
  /** The key of its section: the document and the headings. */
  readonly section: string
  /** The first of the likeliest segments. */
  readonly likeliest: { readonly start: number; readonly end: number; readonly score: SegmentScore }
  readonly table: SegmentTable
  /** By segment: the question's terms in it, as a mask, its `covered` and its `probability`. */
  readonly masks: readonly number[]
  readonly shares: readonly number[]
  readonly probabilities: readonly number[]
  /** By segment: UTF-16 code units that are not shown before it. Undefined if all is shown. */
  readonly hidden: readonly number[] | undefined
  /** Lists them as objects, which are made by the first call: few candidates are quoted. */
  segments(): readonly RatedSegment[]
}

/** Creates a candidate. */
export function createCandidate(facts: Omit<Candidate, 'segments'>): Candidate {
  const { table, shares, probabilities } = facts
  let listed: readonly RatedSegment[] | undefined
  const segments = () => {
    listed ??= listSegments(table).map((one, i) => ({ ...one, covered: shares[i]!, probability: probabilities[i]! }))
    return listed
  }
  return { ...facts, segments }
}
