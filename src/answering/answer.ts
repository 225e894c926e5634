import { fixedText, joinTexts, type ReplyText, reply, wholeText } from '../reply-text.ts'
import type { Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import { abstains } from './confidence.ts'
import { type Analyse, compareWords, type Question, weighQuestion } from './coverage.ts'
import { excerpt } from './excerpt.ts'
import type { RetrievedInContext } from './follow-up.ts'
import { hasOwnWord, quote, type RatedSegment } from './quotation.ts'
import { cutSegments, type Segment } from './segments.ts'
import type { Source, Workings } from './workings.ts'

/** The answer of the documents to a question, with its explanation. */
export interface Answer {
  readonly kind: 'answer' | 'fallback'
  readonly response: ReplyText
  /** Estimated probability, 0–1, that the documents answer the question. */
  readonly confidence: number
  /** The quoted passage first, then others that also answer. Empty for a fallback. */
  readonly sources: readonly Source[]
  /** For a fallback: the titles closest to the question. */
  readonly suggestions: readonly string[]
  readonly workings: Workings
}

export interface AnswerOptions {
  readonly analyse: Analyse
  /** Lowest confidence, 0–1, of an answer. Below it the reply is a fallback. */
  readonly threshold: number
}

interface Candidate {
  readonly passage: RetrievedPassage
  readonly segments: readonly RatedSegment[]
  /** The segment that answers best. */
  readonly best: RatedSegment
  /** Similarity of that segment, or of the heading above it, to the question. */
  readonly match: number
  /** Whether the heading is more similar than the segment. */
  readonly isHeaded: boolean
  readonly rating: number
}

const MAX_CANDIDATES = 5
const MAX_SOURCES = 3
/** Lowest similarity of a further source, as a share of the quoted passage's. */
const SOURCE_SHARE = 0.6
const MAX_SUGGESTIONS = 3
/** A line of code answers less well than a sentence about it, which is quoted with the code. */
const CODE = /^(?:\/\/|\/\*|#|\$ )|[{}=<>\\]|[;(]$/
const CODE_SHARE = 0.8
/** How-to questions prefer passages with code. */
const HOW_BONUS = 1.2
const MAX_SOURCE_LENGTH = 600

/**
 * Answers a question with the most similar sentences of the best passage: about 300 characters, or
 * 500 with code. Falls back to "I don't know" if the confidence is below the threshold. Cost is
 * linear in the text of the five best passages.
 */
export function composeAnswer(question: string, retrieved: RetrievedInContext, { analyse, threshold }: AnswerOptions): Answer {
  const weighed = weighQuestion(question, retrieved.terms)
  const candidates = retrieved.passages
    .slice(0, MAX_CANDIDATES)
    .flatMap(passage => examine(passage, weighed, analyse) ?? [])
    .sort((a, b) => b.rating - a.rating)
  const [winner] = candidates
  const { confidence } = retrieved.evidence
  const workings = explain(retrieved, threshold)
  if (winner === undefined || abstains(retrieved.evidence, threshold)) {
    const suggestions = [...new Set(retrieved.passages.map(({ title }) => title))].slice(0, MAX_SUGGESTIONS)
    return {
      kind: 'fallback',
      response: composeFallback(suggestions, retrieved.corrections),
      confidence,
      sources: [],
      suggestions,
      workings,
    }
  }
  const { response, quoted } = quote(winner.passage.text, winner.segments, winner.best, {
    isHeaded: winner.isHeaded,
    wantsCode: weighed.asksHow,
  })
  const others = candidates.filter(({ match }) => match >= SOURCE_SHARE * winner.match).slice(1)
  return {
    kind: 'answer',
    response,
    confidence,
    sources: uniqueSources([toSource(winner.passage, quoted), ...others.map(({ passage, best }) => toSource(passage, [best]))]),
    suggestions: [],
    workings,
  }
}

/** Rates a passage. Undefined if it has nothing to quote. */
function examine(passage: RetrievedPassage, question: Question, analyse: Analyse): Candidate | undefined {
  const { title, headings, text, score } = passage
  const above = new Set(analyse([title, ...headings].join('\n')).map(({ term }) => term))
  let previous: ReturnType<Analyse> = []
  const cut = cutSegments(text)
  const segments = cut.map((segment, i) => {
    const written = text.slice(segment.start, segment.end)
    const words = analyse(written)
    const { likeness, matches } = compareWords(question, written, words, above, previous)
    previous = words
    const isCode = segment.isCode === true || CODE.test(written)
    const leadsToCode = question.asksHow && !isCode && cut[i + 1]?.isCode === true
    return { ...segment, matches, likeness: likeness * (isCode ? CODE_SHARE : leadsToCode ? HOW_BONUS : 1) }
  })
  const [closest] = segments.toSorted((a, b) => b.likeness - a.likeness)
  if (closest === undefined) return undefined
  const heading = headings.at(-1) ?? title
  const headed = compareWords(question, heading, analyse(heading), above, []).likeness
  // Below a heading that repeats the question, the answer starts with the first sentence.
  const isHeaded = headed > closest.likeness || (headed > 0 && !hasOwnWord(closest))
  const best = isHeaded ? segments[0]! : closest
  const match = Math.max(headed, closest.likeness)
  return { passage, segments, best, match, isHeaded, rating: score * match }
}

/** Creates a source: the passage, cut to the text around the first quoted segment. */
function toSource({ title, location, text, score }: RetrievedPassage, quoted: readonly Segment[]): Source {
  const from = quoted[0]?.start ?? 0
  const shown = excerpt(text, from, Math.max(from, ...quoted.map(({ end }) => end)), MAX_SOURCE_LENGTH)
  const highlights = quoted
    .map(({ start, end }) => ({ start: start + shown.shift, end: Math.min(end + shown.shift, shown.text.length) }))
    .filter(({ start, end }) => start >= 0 && start < end)
  return { title, location, passage: shown.text, score, highlights }
}

/** Keeps the first source of each location. */
function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return sources
    .filter(({ location }, i) => sources.findIndex(source => source.location === location) === i)
    .slice(0, MAX_SOURCES)
}

function composeFallback(suggestions: readonly string[], corrections: Retrieved['corrections']): ReplyText {
  const noAnswer = "I don't know: nothing in my documents answers this."
  const words = corrections.map(({ suggestion }) => reply`“${suggestion}”`)
  const question =
    words.length === 0 ? fixedText(noAnswer) : reply`${fixedText(noAnswer)} Did you mean ${joinTexts(words, ', ')}?`
  if (suggestions.length === 0) return question
  const titles = suggestions.map(title => wholeText(title))
  return reply`${question} The closest pages are: ${joinTexts(titles, '; ')}.`
}

function explain({ terms, passages, evidence, context, corrections }: RetrievedInContext, threshold: number): Workings {
  return {
    parsedAs: 'question',
    terms: terms.map(({ word, term, documentFrequency, idf }) => ({ word, term, documentFrequency, idf })),
    candidates: passages.map(({ title, location, score }) => ({ title, location, score })),
    threshold,
    evidence,
    ...(context.length > 0 && { context }),
    ...(corrections.length > 0 && { corrections }),
  }
}
