import type { Retrieve, Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import type { SearchOptions } from '../search/search-engine.ts'
import type { Analyse } from './coverage.ts'
import { createLetterGroups, type GroupCount } from './letter-groups.ts'
import { cutSegments } from './segments.ts'
import { chooseWeights, type WeighWord } from './word-weight.ts'

/** Evidence that the retrieved passages contain an answer. */
export interface Evidence {
  /** Estimated probability of an answer, 0–1, to four decimals. 0 if there is nothing to quote. */
  readonly confidence: number
  /** 0–1: similarity of the best sentence, line or heading to the question, by weighted words. */
  readonly words: number
  /** 0–1: the same by groups of four letters. */
  readonly letters: number
  /** 0–1: weighted share of the question's words that occur in the passages. */
  readonly covered: number
  /**
   * Weight, at least 0, of the question's words in that passage: one common word is little
   * evidence.
   */
  readonly matched: number
}

/** The retrieved passages with their evidence. */
export interface RetrievedEvidence extends Retrieved {
  readonly evidence: Evidence
}

export type RetrieveEvidence = (question: string, limit: number, options?: SearchOptions) => Promise<RetrievedEvidence>

interface WeighedQuestion {
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
}

const MAX_PASSAGES = 5
/**
 * Longest a sentence counts, as a multiple of the question: a longer one is not penalized further.
 */
const MAX_SEGMENT_RATIO = 3
/**
 * Weights of a logistic model. Trained weights were no better on a held-out collection, so these
 * are round numbers. bench/answers.ts measures how well they separate answerable questions from
 * others.
 */
const WEIGHTS = { words: 3, letters: 5, matched: 1.5, covered: 1 }
const EVEN_ODDS = 6.5

/** Adds evidence to each retrieval. */
export function withEvidence(retrieve: Retrieve, analyse: Analyse): RetrieveEvidence {
  return async (question, limit, options) => {
    const retrieved = await retrieve(question, limit, options)
    return { ...retrieved, evidence: weighEvidence(question, retrieved.passages, analyse) }
  }
}

/**
 * Whether the reply is a fallback: nothing was found, or an answer is too unlikely. The only place
 * that decides it.
 */
export function abstains({ confidence }: Evidence, threshold: number): boolean {
  return confidence === 0 || confidence < threshold
}

/**
 * Estimates from their text whether the best passages answer a question; the engine's scores are
 * not used. Words are weighted by their rarity in English, since a small collection says little
 * about rarity, and in other languages by their length. Cost is linear in the text of five
 * passages.
 */
export function weighEvidence(question: string, passages: readonly RetrievedPassage[], analyse: Analyse): Evidence {
  const asked = analyse(question)
  // A question of stop words only, such as "how do you do", has no subject.
  if (asked.every(({ stopWord }) => stopWord)) return NOTHING
  const weigh = chooseWeights(asked)
  const weights = new Map(asked.map(word => [word.term, weigh(word)]))
  const weighed = { weights, total: sum(weights.values()) }
  const groups = createLetterGroups(question)
  let [words, letters, matched] = [0, 0, 0]
  for (const { title, headings, text } of passages.slice(0, MAX_PASSAGES)) {
    const found = new Set<string>()
    const segments = cutSegments(text)
    // Passages without text are skipped.
    if (segments.length === 0) continue
    for (const written of [title, ...headings, ...segments.map(({ start, end }) => text.slice(start, end))]) {
      words = Math.max(words, similarityByWords(weighed, analyse(written), weigh, found))
      letters = Math.max(letters, similarityByLetters(groups.size, groups.count(written)))
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

/** Weighted Dice coefficient. Adds the shared terms to `found`. */
function similarityByWords(
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

function similarityByLetters(asked: number, { shared, total }: GroupCount): number {
  return dice(shared, asked, Math.max(shared, total))
}

function dice(shared: number, asked: number, size: number): number {
  return shared === 0 ? 0 : Math.min(1, (2 * shared) / (asked + Math.min(size, MAX_SEGMENT_RATIO * asked)))
}

function sum<T = number>(values: Iterable<T>, of: (value: T) => number = Number): number {
  let total = 0
  for (const value of values) total += of(value)
  return total
}

/** Rounds to four decimals. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
