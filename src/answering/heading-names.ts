import type { RetrievedPassage } from '../search/retrieval.ts'
import { isGeneralHeading, isStepHeading } from '../text/page-words.ts'
import { countContentWords, isContentWord } from '../text/passages/label-words.ts'
import { coverage, type WeightedTerms } from './likeness.ts'
import { isIdentifier, type Question } from './question/question.ts'

/** Lowest share of a title that is the name. */
const EXACT = 0.95

/** What comes before a name: "Class: `fs.Dir`". */
const LABEL = /^\p{L}+(?: \p{L}+)?: +/u
/** What comes after a name: parameters, a value, a description. */
const DETAILS = /\([^)]*\)?|\[[^\]]*\]?|<[^>]*>?|=\S*|(?:: | [-–—]+ ).*$/gsu
const MARKUP = /[`*\\'"]/g
const SHORT_OPTION = /^-\p{L}$/u
/** UTF-16 code units. A longer heading is a sentence. */
const MAX_HEADING = 200

/** The heading that names the subject of a passage, by its number among title and headings. */
export function subjectOf({ title, headings }: RetrievedPassage): number {
  const last = headings.length
  return last > 0 && isGeneralHeading(headings[last - 1] ?? title) ? last - 1 : last
}

/**
 * How far the heading of the subject is what the question names, 0–1: 1 if it has all of its words
 * and no others but stop words. A heading that names a step of any subject counts with its parent.
 */
export function nameShare(passage: RetrievedPassage, bits: readonly number[], weighted: WeightedTerms): number {
  const label = subjectOf(passage)
  const isStep = label > 0 && isStepHeading(passage.headings[label - 1]!)
  return shareOfLabels(passage, isStep ? label - 1 : label, label, bits, weighted)
}

/** Whether the title of a page is what the question names: all of its sections are about it. */
export function isNamedByTitle(passage: RetrievedPassage, bits: readonly number[], weighted: WeightedTerms): boolean {
  return shareOfLabels(passage, 0, 0, bits, weighted) > EXACT
}

/** How far the title and headings from one number to another, read as one, are what is named. */
function shareOfLabels(
  { matches: { places, terms }, analysis: { labelEnds, contentWords } }: RetrievedPassage,
  first: number,
  last: number,
  bits: readonly number[],
  weighted: WeightedTerms,
): number {
  const end = labelEnds[last] ?? 0
  const start = labelEnds[first - 1] ?? 0
  const contents = countContentWords(contentWords, start, end)
  let mask = 0
  let named = 0
  for (let i = 0; i < places.length && places[i]! < end; i++) {
    const bit = bits[terms[i]!]!
    if (bit === 0 || places[i]! < start || (contents > 0 && !isContentWord(contentWords, places[i]!))) continue
    mask |= bit
    named++
  }
  return named === 0 ? 0 : (named / (contents > 0 ? contents : end - start)) * coverage(mask, weighted)
}

/** Whether the last heading is the identifier that is asked about, and nothing else. */
export function isNameOf(passage: RetrievedPassage, { subject }: Question): boolean {
  const { title, headings } = passage
  return subject !== undefined && namesOf([title, ...headings][subjectOf(passage)]!).includes(subject)
}

/**
 * The identifiers that a heading is the name of, in lower case: `build.outdir`, or `-v` and
 * `--verbose` for "-v, --verbose <level>". None if it is prose that mentions them.
 */
export function namesOf(heading: string): readonly string[] {
  if (heading.length > MAX_HEADING) return []
  const bare = heading.replace(MARKUP, '').replace(LABEL, '').replace(DETAILS, ' ')
  const words = bare.split(/[\s,/|]+/).filter(word => word !== '')
  return words.every(word => isIdentifier(word) || SHORT_OPTION.test(word)) ? words.map(word => word.toLowerCase()) : []
}
