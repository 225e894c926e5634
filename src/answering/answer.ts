import { fixedText, joinTexts, type ReplyText, reply, wholeText } from '../reply-text.ts'
import type { Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import { abstains } from './confidence.ts'
import { type Analyse, compareWords, type Question, weighQuestion } from './coverage.ts'
import { excerpt } from './excerpt.ts'
import type { RetrievedInContext } from './follow-up.ts'
import { hasOwnWord, quote, type RatedUnit } from './quotation.ts'
import { cutUnits, type Unit } from './segments.ts'
import type { Source, Workings } from './workings.ts'

/** What the documents have to say to a question, and why. */
export interface Answer {
  readonly kind: 'answer' | 'fallback'
  readonly response: ReplyText
  /** 0–1: how likely it is that the documents answer the question. */
  readonly confidence: number
  /** First the passage that is quoted, then others that would do too. None for a fallback. */
  readonly sources: readonly Source[]
  /** For a fallback the titles nearest to the question. */
  readonly suggestions: readonly string[]
  readonly workings: Workings
}

export interface AnswerOptions {
  readonly analyse: Analyse
  /** Confidence from which on an answer is given, 0–1. */
  readonly threshold: number
}

interface Candidate {
  readonly passage: RetrievedPassage
  readonly units: readonly RatedUnit[]
  /** The unit that answers best. */
  readonly best: RatedUnit
  /** How like the question it is, or the heading above it. */
  readonly match: number
  /** Whether the heading is the more like it of the two. */
  readonly isHeaded: boolean
  readonly rating: number
}

const MAX_CANDIDATES = 5
const MAX_SOURCES = 3
/** A passage is a source beside the one that is quoted if it is so much as like the question, as a share of that one. */
const SOURCE_SHARE = 0.6
const MAX_SUGGESTIONS = 3
/** A line of code and its comments answer less well than a sentence that speaks of them, which brings the code along. */
const CODE = /^(?:\/\/|\/\*|#|\$ )|[{}=<>\\]|[;(]$/
const CODE_SHARE = 0.8
/** Whoever asks how to do something wants to see it done. */
const HOW_BONUS = 1.2
const MAX_SOURCE_LENGTH = 600

/**
 * Answers a question with the sentences of the best passage that are most like it, in at most some 300 characters, or 500 where there is code; or says
 * that it does not know, where little speaks for it that the passages answer. Cost grows with the text of the five best passages.
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
  const { response, quoted } = quote(winner.passage.text, winner.units, winner.best, {
    isHeaded: winner.isHeaded,
    wantsCode: weighed.asksHow,
  })
  const others = candidates.filter(({ match }) => match >= SOURCE_SHARE * winner.match).slice(1)
  return {
    kind: 'answer',
    response,
    confidence,
    sources: nameSources([nameSource(winner.passage, quoted), ...others.map(({ passage, best }) => nameSource(passage, [best]))]),
    suggestions: [],
    workings,
  }
}

/** Rates a passage, or finds nothing to quote in it. */
function examine(passage: RetrievedPassage, question: Question, analyse: Analyse): Candidate | undefined {
  const { title, headings, text, score } = passage
  const above = new Set(analyse([title, ...headings].join('\n')).map(({ term }) => term))
  let previous: ReturnType<Analyse> = []
  const cut = cutUnits(text)
  const units = cut.map((unit, i) => {
    const written = text.slice(unit.start, unit.end)
    const words = analyse(written)
    const { likeness, matches } = compareWords(question, written, words, above, previous)
    previous = words
    const isCode = unit.isCode === true || CODE.test(written)
    const leadsToCode = question.asksHow && !isCode && cut[i + 1]?.isCode === true
    return { ...unit, matches, likeness: likeness * (isCode ? CODE_SHARE : leadsToCode ? HOW_BONUS : 1) }
  })
  const [closest] = units.toSorted((a, b) => b.likeness - a.likeness)
  if (closest === undefined) return undefined
  const heading = headings.at(-1) ?? title
  const headed = compareWords(question, heading, analyse(heading), above, []).likeness
  // Below a heading that is itself the question, the answer begins with the first sentence.
  const isHeaded = headed > closest.likeness || (headed > 0 && !hasOwnWord(closest))
  const best = isHeaded ? units[0]! : closest
  const match = Math.max(headed, closest.likeness)
  return { passage, units, best, match, isHeaded, rating: score * match }
}

/** A passage as a source, cut to the surroundings of the first thing quoted. */
function nameSource({ title, location, text, score }: RetrievedPassage, quoted: readonly Unit[]): Source {
  const from = quoted[0]?.start ?? 0
  const shown = excerpt(text, from, Math.max(from, ...quoted.map(({ end }) => end)), MAX_SOURCE_LENGTH)
  const highlights = quoted
    .map(({ start, end }) => ({ start: start + shown.shift, end: Math.min(end + shown.shift, shown.text.length) }))
    .filter(({ start, end }) => start >= 0 && start < end)
  return { title, location, passage: shown.text, score, highlights }
}

/** One source for each place, in the order given. */
function nameSources(sources: readonly Source[]): readonly Source[] {
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
