import type { Candidate, RatedSegment } from '../candidate.ts'
import type { ListNames } from './list-names.ts'

/** Segments to quote from one passage, in the order of the text. */
export interface QuotedPassage {
  readonly candidate: Candidate
  readonly segments: readonly RatedSegment[]
  /** A list among the segments that is shown by names, or names that follow them. */
  readonly names?: ListNames | undefined
}

/** What is quoted below one heading: passages of one section, in their order. */
export interface QuotedSection {
  readonly passages: readonly QuotedPassage[]
}

/** Joins what is quoted for several questions: each section and each segment once. */
export function joinSections(lists: readonly (readonly QuotedSection[])[]): readonly QuotedSection[] {
  const sections = Map.groupBy(
    lists.flat().flatMap(({ passages }) => passages),
    ({ candidate }) => candidate.section,
  )
  return [...sections.values()].map(passages => {
    const byOrdinal = Map.groupBy(passages, ({ candidate }) => candidate.passage.ordinal)
    return { passages: [...byOrdinal].sort(([a], [b]) => a - b).map(([, same]) => joinPassages(same)) }
  })
}

function joinPassages(same: readonly QuotedPassage[]): QuotedPassage {
  const segments = new Map(same.flatMap(one => one.segments).map(segment => [segment.start, segment]))
  return {
    ...same.find(({ names }) => names !== undefined),
    candidate: same[0]!.candidate,
    segments: [...segments.values()].sort((a, b) => a.start - b.start),
  }
}
