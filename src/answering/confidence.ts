import type { Retrieve, Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import type { SearchOptions } from '../search/search-engine.ts'
import type { Analyse } from './coverage.ts'
import { createLetterGroups, type GroupCount } from './letter-groups.ts'
import { cutUnits } from './segments.ts'
import { chooseWeights, type WeighWord } from './word-weight.ts'

/** What speaks for it that the passages found hold an answer. */
export interface Evidence {
  /** 0–1, to four decimals: estimated probability that they do. 0 where there is nothing to quote. */
  readonly confidence: number
  /** 0–1: how like the question the most similar sentence, line or heading is, by the weight of its words. */
  readonly words: number
  /** 0–1: the same by groups of four letters. */
  readonly letters: number
  /** 0–1: share of the question, by weight, that stands in the passage that has most of it. */
  readonly covered: number
  /** Weight, from 0 on, of the question's words that stand in that passage: a match of one common word proves little. */
  readonly matched: number
}

/** What was retrieved, and what it says. */
export interface RetrievedEvidence extends Retrieved {
  readonly evidence: Evidence
}

export type RetrieveEvidence = (question: string, limit: number, options?: SearchOptions) => Promise<RetrievedEvidence>

interface WeighedQuestion {
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
}

const MAX_PASSAGES = 5
/** A sentence counts as at most so many times as long as the question: one that says more is no worse. */
const MAX_UNIT_RATIO = 3
/**
 * Of a logistic model. Round, for trained ones do no better on a collection that was left out of the training; so that 0 means as likely as not.
 * bench/answers.ts prints how well it tells apart what can be answered.
 */
const WEIGHTS = { words: 3, letters: 5, matched: 1.5, covered: 1 }
const EVEN_ODDS = 6.5

/** Weighs what each search finds. */
export function withEvidence(retrieve: Retrieve, analyse: Analyse): RetrieveEvidence {
  return async (question, limit, options) => {
    const retrieved = await retrieve(question, limit, options)
    return { ...retrieved, evidence: weighEvidence(question, retrieved.passages, analyse) }
  }
}

/** Whether the reply is that it does not know: nothing was found, or what was found is too unlikely to answer. The one place that decides it. */
export function abstains({ confidence }: Evidence, threshold: number): boolean {
  return confidence === 0 || confidence < threshold
}

/**
 * Estimates whether the best passages answer a question, from their text and that alone, whatever the engine's scores mean. Words weigh by how rare
 * they are in English, since a small collection cannot tell; in another language, by their length. Cost grows with the text of five passages.
 */
export function weighEvidence(question: string, passages: readonly RetrievedPassage[], analyse: Analyse): Evidence {
  const asked = analyse(question)
  // A question of nothing but "what" or "how do you do" asks for nothing that a passage could be about.
  if (asked.every(({ stopWord }) => stopWord)) return NOTHING
  const weigh = chooseWeights(asked)
  const weights = new Map(asked.map(word => [word.term, weigh(word)]))
  const weighed = { weights, total: sum(weights.values()) }
  const groups = createLetterGroups(question)
  let [words, letters, matched] = [0, 0, 0]
  for (const { title, headings, text } of passages.slice(0, MAX_PASSAGES)) {
    const found = new Set<string>()
    const units = cutUnits(text)
    // Whatever its title, a passage without text answers nothing.
    if (units.length === 0) continue
    for (const written of [title, ...headings, ...units.map(({ start, end }) => text.slice(start, end))]) {
      words = Math.max(words, likenessByWords(weighed, analyse(written), weigh, found))
      letters = Math.max(letters, likenessByLetters(groups.size, groups.count(written)))
    }
    matched = Math.max(
      matched,
      sum(found, term => weights.get(term)!),
    )
  }
  const covered = weighed.total === 0 ? 0 : matched / weighed.total
  const logit =
    WEIGHTS.words * words +
    WEIGHTS.letters * letters +
    WEIGHTS.matched * Math.log1p(matched) +
    WEIGHTS.covered * covered -
    EVEN_ODDS
  return { confidence: matched === 0 ? 0 : round(1 / (1 + Math.exp(-logit))), words, letters, covered, matched }
}

const NOTHING: Evidence = { confidence: 0, words: 0, letters: 0, covered: 0, matched: 0 }

/** Dice's coefficient by weight; adds to `found` the terms that both have. */
function likenessByWords(
  { weights, total }: WeighedQuestion,
  text: ReturnType<Analyse>,
  weigh: WeighWord,
  found: Set<string>,
): number {
  const seen = new Set<string>()
  let shared = 0
  let all = 0
  for (const word of text) {
    if (seen.has(word.term)) continue
    seen.add(word.term)
    const weight = weights.get(word.term)
    all += weight ?? weigh(word)
    if (weight === undefined) continue
    shared += weight
    found.add(word.term)
  }
  return dice(shared, total, all)
}

function likenessByLetters(asked: number, { shared, total }: GroupCount): number {
  return dice(shared, asked, Math.max(shared, total))
}

function dice(shared: number, asked: number, unit: number): number {
  return shared === 0 ? 0 : Math.min(1, (2 * shared) / (asked + Math.min(unit, MAX_UNIT_RATIO * asked)))
}

function sum<T = number>(values: Iterable<T>, of: (value: T) => number = Number): number {
  let total = 0
  for (const value of values) total += of(value)
  return total
}

/** To four decimals, which is more than is known. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
