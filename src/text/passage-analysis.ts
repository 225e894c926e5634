import { analyse } from './analysis.ts'
import { type SegmentTable, tabulateSegments } from './segment-table.ts'

/**
 * What is known of a passage before any question is asked. Plain data. Words have places: those of
 * the title come first, then those of each heading, then those of the text.
 */
export interface PassageAnalysis {
  /**
   * The place after the last word of the title, and of each heading. The last one begins the text.
   */
  readonly labelEnds: readonly number[]
  readonly segments: SegmentTable
}

/** Where terms occur in a passage. Two lists of the same length, in order of the places. */
export interface TermMatches {
  readonly places: readonly number[]
  /** The term at each place, by its index in the list of the terms looked for. */
  readonly terms: readonly number[]
}

/** Analyses a passage and finds these terms in it. Linear time. */
export function analysePassage(
  { title, headings, text }: { readonly title: string; readonly headings: readonly string[]; readonly text: string },
  wanted: readonly string[],
): { readonly analysis: PassageAnalysis; readonly matches: TermMatches } {
  const labels = [title, ...headings].map(analyse)
  const words = analyse(text)
  let count = 0
  const labelEnds = labels.map(({ length }) => {
    count += length
    return count
  })
  const index = new Map(wanted.map((term, i) => [term, i]))
  const places: number[] = []
  const terms: number[] = []
  for (const [place, { term }] of [...labels.flat(), ...words].entries()) {
    const found = index.get(term)
    if (found === undefined) continue
    places.push(place)
    terms.push(found)
  }
  return { analysis: { labelEnds, segments: tabulateSegments(text, words) }, matches: { places, terms } }
}
