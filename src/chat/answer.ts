import type { RetrievedPassage } from '../search/retrieval.ts'
import { type Analyse, likeness, type Question, weighQuestion } from './coverage.ts'
import { excerpt } from './excerpt.ts'
import type { RetrievedInContext } from './follow-up.ts'
import { quote, type RatedUnit } from './quotation.ts'
import type { Source, Workings } from './turn.ts'
import { cutUnits } from './units.ts'

/** What the documents have to say to a question, and why. */
export interface Answer {
  readonly kind: 'answer' | 'fallback'
  readonly response: string
  /** 0–1: how far the best passage and the best sentence in it cover the question. */
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
  readonly rating: number
}

const MAX_CANDIDATES = 5
const MAX_SOURCES = 3
const MAX_SUGGESTIONS = 3
/** A line of code and its comments answer less well than a sentence that speaks of them, which brings the code along. */
const CODE = /^(?:\/\/|\/\*|#|\$ )|[{}=<>\\]|[;(]$/
const CODE_SHARE = 0.8
const MAX_RESPONSE_LENGTH = 500
const MAX_SOURCE_LENGTH = 600

/**
 * Answers a question with the sentences of the best passage that are most like it, in at most some 500 characters; or says that it does not know
 * where they cover too little of the question. Cost grows with the text of the five best passages.
 */
export function composeAnswer(retrieved: RetrievedInContext, { analyse, threshold }: AnswerOptions): Answer {
  const question = weighQuestion(retrieved.terms)
  const candidates = retrieved.passages
    .slice(0, MAX_CANDIDATES)
    .flatMap(passage => examine(passage, question, analyse) ?? [])
    .sort((a, b) => b.rating - a.rating)
  const [winner] = candidates
  const confidence = winner === undefined ? 0 : round(retrieved.evidence.confidence)
  const workings = explain(retrieved, threshold)
  if (winner === undefined || confidence < threshold) {
    const suggestions = [...new Set(retrieved.passages.map(({ title }) => title))].slice(0, MAX_SUGGESTIONS)
    return { kind: 'fallback', response: admit(suggestions), confidence, sources: [], suggestions, workings }
  }
  const { passage, units, best } = winner
  return {
    kind: 'answer',
    response: quote(passage.text, units, best, MAX_RESPONSE_LENGTH),
    confidence,
    sources: nameSources(candidates),
    suggestions: [],
    workings,
  }
}

/** Rates a passage, or finds nothing to quote in it. */
function examine(passage: RetrievedPassage, question: Question, analyse: Analyse): Candidate | undefined {
  const { title, headings, text, score } = passage
  const above = new Set(analyse([title, ...headings].join('\n')).map(({ term }) => term))
  const units = cutUnits(text).map(unit => {
    const written = text.slice(unit.start, unit.end)
    const words = analyse(written)
    return { ...unit, likeness: likeness(question, words, above) * (CODE.test(written) ? CODE_SHARE : 1) }
  })
  const [closest] = units.toSorted((a, b) => b.likeness - a.likeness)
  if (closest === undefined) return undefined
  const heading = likeness(question, analyse(headings.at(-1) ?? title), above)
  // Below a heading that is itself the question, the answer begins with the first sentence.
  const best = heading > closest.likeness ? units[0]! : closest
  const match = Math.max(heading, closest.likeness)
  return { passage, units, best, rating: score * Math.sqrt(match) }
}

/** One source for each place, in the order given. */
function nameSources(candidates: readonly Candidate[]): readonly Source[] {
  const sources = new Map<string, Source>()
  for (const { passage, best } of candidates) {
    const { title, location, text, score } = passage
    if (sources.has(location)) continue
    sources.set(location, { title, location, passage: excerpt(text, best.start, best.end, MAX_SOURCE_LENGTH), score })
  }
  return [...sources.values()].slice(0, MAX_SOURCES)
}

function admit(suggestions: readonly string[]): string {
  const honest = "I don't know: nothing in my documents answers this."
  return suggestions.length === 0 ? honest : `${honest} Nearest to it are: ${suggestions.join('; ')}.`
}

function explain({ terms, passages }: RetrievedInContext, threshold: number): Workings {
  return {
    parsedAs: 'question',
    terms: terms.map(({ word, term, documentFrequency, idf }) => ({ word, term, documentFrequency, idf })),
    candidates: passages.map(({ title, location, score }) => ({ title, location, score })),
    threshold,
  }
}

/** To four decimals, which is more than is known. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
