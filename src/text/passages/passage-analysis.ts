import { analyse } from '../analysis.ts'
import { definitionTerm } from '../definitions.ts'
import { type ContentWords, markContentWords } from './label-words.ts'
import { listDefining, type SegmentTable, tabulateSegments } from './segment-table.ts'

/**
 * What is known of a passage before any question is asked. Plain data. Words have places: those of
 * the title come first, then those of each heading, then those of the text.
 */
export interface PassageAnalysis {
  /**
   * The place after the last word of the title, and of each heading. The last one begins the text.
   */
  readonly labelEnds: readonly number[]
  readonly contentWords: ContentWords
  readonly segments: SegmentTable
}

/** Where the terms and the subjects of a question occur in a passage. */
export interface TermMatches {
  /** The places of terms, ascending. */
  readonly places: readonly number[]
  /** The term at each place, by its index in the list of the terms looked for. */
  readonly terms: readonly number[]
  /** The segments that define one of the subjects, by their numbers. */
  readonly defining: readonly number[]
}

/**
 * Analyses a passage and finds these terms in it, and the segments that define one of the subjects.
 * Linear time.
 */
export function analysePassage(
  { title, headings, text }: { readonly title: string; readonly headings: readonly string[]; readonly text: string },
  wanted: readonly string[],
  defined: readonly (readonly string[])[] = [],
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
  const { table, subjects } = tabulateSegments(text, words)
  const contentWords = markContentWords(labels.flat())
  const asked = new Set(defined.map(definitionTerm))
  const defining = listDefining(table).filter((_, i) => asked.has(definitionTerm(subjects[i]!)))
  return { analysis: { labelEnds, contentWords, segments: table }, matches: { places, terms, defining } }
}
