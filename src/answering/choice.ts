import type { Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import { headsLinks, isNews } from '../text/page-words.ts'
import { type AnalysedSegment, listSegments } from '../text/passages/segment-table.ts'
import { keepShown, listShown, type ShownSegment } from './alternatives.ts'
import { isNamedByTitle, isNameOf, nameShare, subjectOf } from './heading-names.ts'
import { coverage, masksOf, type WeightedTerms } from './likeness.ts'
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
  /** Later segments of a passage score less. */
  readonly place: number
  /** A page of news or changes scores less, unless the question is about them. */
  readonly page: number
  /** The form of the segment fits the form of the question. */
  readonly form: number
}

/** A segment with its place among all segments of all candidates. */
export interface RatedSegment extends ShownSegment {
  /** The question's terms in the segment, as a mask. */
  readonly mask: number
  /** Share, 0–1, of the question's weight that these terms have. */
  readonly covered: number
  readonly score: SegmentScore
  /** Probability, 0–1, that this segment answers best. All segments together have 1. */
  readonly probability: number
}

/** A passage that may be quoted. */
export interface Candidate {
  readonly passage: RetrievedPassage
  /** The question's terms in the title and headings, and in these and the text, as masks. */
  readonly pathMask: number
  readonly mask: number
  /** Share, 0–1, of the question's weight that these terms have. */
  readonly covered: number
  /** The same for the title and headings alone; 1 for the entry of the identifier asked about. */
  readonly headed: number
  readonly segments: readonly RatedSegment[]
  /** The sum of the segments' probabilities. */
  readonly probability: number
  /** The key of its section: the document and the headings. */
  readonly section: string
}

/**
 * Round weights. Trained ones were no better on sets left out of the training.
 * docs/design/answering.md lists what each brings.
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

/**
 * Rates the segments of passages: a weighted sum of features, and its softmax over all segments.
 * Returns the passages that have something to quote, in the given order. Cost is linear in the
 * number of segments.
 */
export function rateCandidates(
  { passages, matchedTerms }: Pick<Retrieved, 'passages' | 'matchedTerms'>,
  question: Question,
  terms: WeightedTerms,
): readonly Candidate[] {
  const best = Math.max(Number.MIN_VALUE, ...passages.map(({ score }) => score))
  const bestOf = new Map<string, number>()
  for (const { documentId, score } of passages) bestOf.set(documentId, Math.max(score, bestOf.get(documentId) ?? 0))
  const bits = matchedTerms.map(term => terms.bits.get(term) ?? 0)
  const scored = passages.filter(isQuotable).map(passage => {
    const search = passage.score / best
    const document = bestOf.get(passage.documentId)! / best
    return scorePassage(passage, { search, document }, { question, terms, bits })
  })
  return normalise(scored)
}

interface Compared {
  readonly question: Question
  readonly terms: WeightedTerms
  /** The mask of each matched term. */
  readonly bits: readonly number[]
}

type ScoredPassage = ReturnType<typeof scorePassage>

/** @param shares The search score of the passage, and the best one of its document, ÷ the best. */
function scorePassage(
  passage: RetrievedPassage,
  shares: { readonly search: number; readonly document: number },
  { question, terms, bits }: Compared,
) {
  const segments = listSegments(passage.analysis.segments)
  const { path: pathMask, segments: masks } = masksOf(passage, segments, bits, false)
  const mask = masks.reduce((all, one) => all | one, pathMask)
  const covered = coverage(mask, terms)
  const isSubject = isNameOf(passage, question)
  const named = isSubject ? 1 : nameShare(passage, bits, terms)
  const isTitled = !question.asksForDefinition && isNamedByTitle(passage, bits, terms)
  const ofPassage = {
    search: WEIGHTS.search * shares.search,
    document: WEIGHTS.document * shares.document,
    passage: WEIGHTS.passage * covered,
    name: WEIGHTS.name * (named + (isTitled ? 1 : 0)) + (isSubject ? WEIGHTS.identifier : 0),
  }
  const page = isNews(passage.location) && !question.asksForNews ? WEIGHTS.news : 0
  const opening = segments.findIndex(({ kind }) => kind === 'prose' || kind === 'item')
  const openingDefinition = question.asksForDefinition && named > NAMED ? (subjectOf(passage) > 0 ? BELOW_HEADING_SHARE : 1) : 0
  const { defining } = passage.matches
  const rateSegment = (segment: AnalysedSegment, i: number) => {
    const own = masks[i]!
    const ownCovered = coverage(own, terms)
    const density = Math.min(1, Math.sqrt(DENSE_WORDS / (segment.endWord - segment.firstWord)))
    const isEntry = isEntryOf(segment, passage.text, question)
    const around = own | (masks[i - 1] ?? 0) | (masks[i + 1] ?? 0) | pathMask
    const defined = defining.includes(i) ? (segment.defines === 'what' ? 1 : WHAT_FOR_SHARE) : 0
    const score: SegmentScore = {
      ...ofPassage,
      segment:
        density * (WEIGHTS.segmentAndPath * coverage(own | pathMask, terms) + WEIGHTS.segment * ownCovered) +
        WEIGHTS.neighbours * coverage(around, terms),
      page,
      place: WEIGHTS.place * Math.log1p(i),
      name: ofPassage.name + (isEntry ? WEIGHTS.identifier : 0),
      form: rateForm(segment, question) + WEIGHTS.definition * Math.max(defined, i === opening ? openingDefinition : 0),
    }
    return { score, total: totalOf(score), mask: own, covered: ownCovered, isEntry }
  }
  const ratings = segments.map(rateSegment)
  const shown = listShown(segments, passage.text, tool => question.words.some(({ word }) => word === tool))
  const isNamed = isSubject || ratings.some(({ isEntry }) => isEntry)
  const headed = isNamed ? 1 : coverage(pathMask, terms)
  return {
    ...{ passage, pathMask, mask, covered, headed },
    segments: keepShown(segments, shown),
    ratings: shown.map(i => ratings[i]!),
  }
}

/** Turns the scores into probabilities. */
function normalise(scored: readonly ScoredPassage[]): readonly Candidate[] {
  let greatest = Number.NEGATIVE_INFINITY
  for (const { ratings } of scored) for (const { total } of ratings) greatest = Math.max(greatest, total)
  const odds = scored.map(({ ratings }) => ratings.map(({ total }) => Math.exp(total - greatest)))
  const sum = odds.reduce((all, own) => own.reduce((part, one) => part + one, all), 0)
  return scored.map(({ segments: analysed, ratings, ...rated }, i) => {
    const segments = analysed.map((segment, k): RatedSegment => {
      const { score, mask, covered } = ratings[k]!
      return { ...segment, mask, covered, score, probability: odds[i]![k]! / sum }
    })
    const { documentId, headings } = rated.passage
    const probability = segments.reduce((all, one) => all + one.probability, 0)
    return { ...rated, segments, probability, section: [documentId, ...headings].join('\n') }
  })
}

/** Whether a passage has something to quote, and is no list of links. */
function isQuotable({ title, headings, analysis }: RetrievedPassage): boolean {
  return analysis.segments.length > 0 && !headsLinks(headings.at(-1) ?? title)
}

/** The first of the likeliest segments. */
export function likeliestOf(segments: readonly RatedSegment[]): RatedSegment {
  return segments.reduce((a, b) => (b.probability > a.probability ? b : a))
}

/** The sum of the parts of a score. */
function totalOf({ search, document, passage, name, segment, page, place, form }: SegmentScore): number {
  return search + document + passage + name + segment + page + place + form
}

/**
 * Whether a row, an item, or a sentence such as "Name: …", is the entry of the identifier that is
 * asked about.
 */
function isEntryOf({ kind, start, end }: AnalysedSegment, text: string, { subject }: Question): boolean {
  if (subject === undefined || kind === 'code') return false
  const bare = subject.replace(/^-+/, '')
  // The name alone is a link to its entry.
  if (end - start < bare.length + LEAST_ENTRY) return false
  const written = text.slice(start, start + 2 * MAX_MARKS + bare.length).toLowerCase()
  const at = written.indexOf(bare)
  const after = written.slice(at + bare.length)
  const ends = kind === 'prose' ? /^\W{0,3}:/ : /^(?![\w.-])/
  return at >= 0 && /^[^\p{L}\p{N}]*$/u.test(written.slice(0, at)) && ends.test(after)
}

/** Whether the form of a segment is the one the question asks for: code, a number, a verdict. */
function rateForm(
  { kind, hasNumber, hasVerdict, namesDefault }: AnalysedSegment,
  { asksHow, asksForNumber, asksWhether, asksForDefault }: Question,
): number {
  let rating = 0
  if (kind === 'code') rating += WEIGHTS.code + (asksHow ? WEIGHTS.codeForHow : 0)
  if (asksForNumber && hasNumber) rating += WEIGHTS.number
  if (asksWhether && hasVerdict) rating += WEIGHTS.verdict
  if (asksForDefault && namesDefault) rating += WEIGHTS.default
  return rating
}
