import type { RetrievedPassage } from '../search/retrieval.ts'
import { isNews } from '../text/page-words.ts'
import {
  countSegments,
  endAt,
  endWordAt,
  firstWordAt,
  formAt,
  HAS_NUMBER,
  HAS_VERDICT,
  kindAt,
  NAMES_DEFAULT,
  SAYS_WHAT,
  type SegmentTable,
  startAt,
} from '../text/passages/segment-table.ts'
import { isNamedByTitle, isNameOf, nameShare, subjectOf } from './heading-names.ts'
import { coverage, type TermMasks, termsAround, type WeightedTerms } from './likeness.ts'
import type { Question } from './question/question.ts'

/** What each feature of a segment contributed to its score. */
export interface SegmentScore {
  /** The search's score of the passage. */
  readonly search: number
  /** The best search score in the document. */
  readonly document: number
  /** The question's words in the passage and its headings. */
  readonly passage: number
  /** The heading is what the question names. */
  readonly name: number
  /** The question's words in the segment, with and without the headings and its neighbours. */
  readonly segment: number
  /** A page of news or changes scores less, unless the question is about them. */
  readonly page: number
  /** Later segments of a passage score less. */
  readonly place: number
  /** The form of the segment fits the form of the question. */
  readonly form: number
}

/**
 * Round weights. Trained ones were no better on sets left out of the training.
 * docs/internals/answering.md lists what each brings.
 */
const WEIGHTS = {
  search: 2,
  document: 1.5,
  passage: 2.5,
  name: 1,
  identifier: 4,
  definition: 5,
  segmentAndPath: 3,
  segment: 3,
  neighbours: 1.5,
  place: -0.35,
  news: -1.5,
  code: -0.8,
  codeForHow: 2.8,
  number: 2.5,
  verdict: 2,
  default: 4,
} as const

/**
 * Most words of a segment whose words count in full: a help screen and a block of output have
 * many words by chance.
 */
const DENSE_WORDS = 30

/** Characters before the name of an entry: a bar, a bullet, a code mark, dashes. */
const MAX_MARKS = 10
/** UTF-16 code units of an entry besides its name. */
const LEAST_ENTRY = 20
/** Above this share, a heading is the name of what the question asks about. */
const NAMED = 0.7

/** Share of the weight of a definition below a heading: a page of that name more likely has it. */
const BELOW_HEADING_SHARE = 0.7
/** The same for a sentence that says what something is for, and not what it is. */
const WHAT_FOR_SHARE = 0.7

/** What all segments are compared with. */
export interface Compared {
  readonly question: Question
  readonly terms: WeightedTerms
  /** The mask of each matched term. */
  readonly bits: readonly number[]
}

/** The search score of a passage, and the best one of its document, ÷ the best of all. */
export interface FoundShares {
  readonly search: number
  readonly document: number
}

/** The scores of the segments of a passage. */
export interface SegmentScores {
  /** By segment: its score, and the share of the question's weight that its terms have. */
  readonly totals: number[]
  readonly shares: readonly number[]
  /** Whether the passage, or a segment of it, is the entry of the identifier asked about. */
  readonly isEntry: boolean
  /** What the score of a segment is the sum of. */
  partsOf(segment: number): SegmentScore
}

/**
 * Scores the segments of a passage: a weighted sum of features. Linear time. Segments stay numbers
 * of a table here, since a question compares some two hundred of them.
 * @param covered Share of the question's weight in the passage and its headings.
 */
export function scoreSegments(
  passage: RetrievedPassage,
  masks: TermMasks,
  covered: number,
  found: FoundShares,
  { question, terms, bits }: Compared,
): SegmentScores {
  const { segments: table } = passage.analysis
  const { asksForDefinition } = question
  const isSubject = isNameOf(passage, question)
  const named = isSubject ? 1 : nameShare(passage, bits, terms)
  const isTitled = !asksForDefinition && isNamedByTitle(passage, bits, terms)
  const ofPassage = {
    search: WEIGHTS.search * found.search,
    document: WEIGHTS.document * found.document,
    passage: WEIGHTS.passage * covered,
    name: WEIGHTS.name * (named + (isTitled ? 1 : 0)) + (isSubject ? WEIGHTS.identifier : 0),
    page: !question.asksForNews && isNews(passage.location) ? WEIGHTS.news : 0,
  }
  const opening = asksForDefinition ? findOpening(table) : -1
  const openingDefinition = asksForDefinition && named > NAMED ? (subjectOf(passage) > 0 ? BELOW_HEADING_SHARE : 1) : 0
  const { defining } = passage.matches
  const count = countSegments(table)
  const totals: number[] = []
  const shares: number[] = []
  const entries = question.subject === undefined ? [] : listEntries(table, passage.text, question.subject)

  const rateName = (i: number) => ofPassage.name + (entries.includes(i) ? WEIGHTS.identifier : 0)
  const ratePlace = (i: number) => WEIGHTS.place * Math.log1p(i)
  const rateWords = (i: number) => {
    const own = masks.segments[i]! | masks.path
    const around = termsAround(masks, i) | masks.path
    const density = Math.min(1, Math.sqrt(DENSE_WORDS / (endWordAt(table, i) - firstWordAt(table, i))))
    return (
      density * (WEIGHTS.segmentAndPath * coverage(own, terms) + WEIGHTS.segment * shares[i]!) +
      WEIGHTS.neighbours * coverage(around, terms)
    )
  }
  const rateForm = (i: number) => {
    const form = formAt(table, i)
    const defined = defining.includes(i) ? ((form & SAYS_WHAT) !== 0 ? 1 : WHAT_FOR_SHARE) : 0
    const definition = Math.max(defined, i === opening ? openingDefinition : 0)
    return rateKind(form, kindAt(table, i) === 'code', question) + WEIGHTS.definition * definition
  }

  for (let i = 0; i < count; i++) {
    shares.push(coverage(masks.segments[i]!, terms))
    const { search, document, passage: inPassage, page } = ofPassage
    totals.push(search + document + inPassage + rateName(i) + rateWords(i) + page + ratePlace(i) + rateForm(i))
  }
  return {
    totals,
    shares,
    isEntry: isSubject || entries.length > 0,
    partsOf(i) {
      const { search, document, passage, page } = ofPassage
      return { search, document, passage, name: rateName(i), segment: rateWords(i), page, place: ratePlace(i), form: rateForm(i) }
    },
  }
}

/** The first sentence or item, which defines what a heading above it names. */
function findOpening(table: SegmentTable): number {
  for (let i = 0; i < countSegments(table); i++) if (['prose', 'item'].includes(kindAt(table, i))) return i
  return -1
}

/**
 * The rows, the items, and the sentences such as "Name: …", that are the entry of an identifier.
 */
function listEntries(table: SegmentTable, text: string, identifier: string): readonly number[] {
  const bare = identifier.replace(/^-+/, '')
  const entries: number[] = []
  for (let i = 0; i < countSegments(table); i++) {
    const kind = kindAt(table, i)
    const start = startAt(table, i)
    // The name alone is a link to its entry.
    if (kind === 'code' || endAt(table, i) - start < bare.length + LEAST_ENTRY) continue
    const written = text.slice(start, start + 2 * MAX_MARKS + bare.length).toLowerCase()
    const at = written.indexOf(bare)
    const after = written.slice(at + bare.length)
    const ends = kind === 'prose' ? /^\W{0,3}:/ : /^(?![\w.-])/
    if (at >= 0 && /^[^\p{L}\p{N}]*$/u.test(written.slice(0, at)) && ends.test(after)) entries.push(i)
  }
  return entries
}

/** Whether the form of a segment is the one the question asks for: code, a number, a verdict. */
function rateKind(form: number, isCode: boolean, { asksHow, asksForNumber, asksWhether, asksForDefault }: Question): number {
  let rating = 0
  if (isCode) rating += WEIGHTS.code + (asksHow ? WEIGHTS.codeForHow : 0)
  if (asksForNumber && (form & HAS_NUMBER) !== 0) rating += WEIGHTS.number
  if (asksWhether && (form & HAS_VERDICT) !== 0) rating += WEIGHTS.verdict
  if (asksForDefault && (form & NAMES_DEFAULT) !== 0) rating += WEIGHTS.default
  return rating
}
