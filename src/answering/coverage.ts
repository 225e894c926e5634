import type { QueryTerm } from '../search/search-engine.ts'
import { STOP_WORD_SHARE } from './word-weight.ts'

/**
 * Splits a text into words; words are compared by `term`, their stem. The search engine's analysis
 * has this form.
 */
export type Analyse = (text: string) => readonly {
  readonly word: string
  readonly term: string
  readonly stopWord: boolean
  /** Offset in the text in UTF-16 code units; `end` is exclusive. */
  readonly start: number
  readonly end: number
}[]

type Words = ReturnType<Analyse>

/** A question, prepared for comparison with many texts. */
export interface Question {
  /** The weight of each term. */
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
  /** Whether the answer is a number. */
  readonly asksForNumber: boolean
  /** Whether it is a how-to question. */
  readonly asksHow: boolean
}

/** The similarity of a text to a question, and the question's words in it. */
export interface Likeness {
  /**
   * At least 0; 1 for a text with exactly the question's words. Can exceed 1 if the text has a
   * number that the question asks for.
   */
  readonly likeness: number
  readonly matches: readonly Match[]
}

/** An occurrence of a word of the question in a text; offsets in UTF-16 code units. */
export interface Match {
  readonly term: string
  readonly weight: number
  readonly start: number
  readonly end: number
}

/** Up to about this length, longer English words are rarer. */
const FULL_LENGTH = 8
/** Added to every weight, to keep a single rare word from outweighing all others. */
const EVEN_WEIGHT = 4
/**
 * Assumed idf of a word that is not in the question: that of a word in every 50th passage, ln 50 ≈
 * 4.
 */
const USUAL_IDF = 4
/**
 * Share of a word's weight if it occurs only in the headings above, or only in the previous
 * sentence.
 */
const HEADING_SHARE = 0.6
const PREVIOUS_SHARE = 0.5
/**
 * Share of the weight of words that are not in the question. Small: a good answer has other words
 * than the question.
 */
const SURPLUS_SHARE = 0.1
const NUMBER_BONUS = 1.5
const ASKS_FOR_NUMBER =
  /\bhow (?:many|much|old|tall|long|far|high|large|big|often|wide|deep|fast|heavy)\b|^(?:and |but |so )?when\b|\b(?:what|which) (?:year|date|day|month|decade|century|percentage|percent|number|port|version)\b/i
const ASKS_HOW = /\bhow (?:do|does|can|could|should|would|to)\b|\bexample\b/i
const NUMBER =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|dozens?|hundreds?|thousands?|millions?|billions?|half|twice)\b/i

/**
 * Weights the words of a question by rarity: inverse document frequency plus word length, since a
 * collection of thirty documents says little about rarity. A word in no document has the highest
 * idf.
 */
export function weighQuestion(question: string, terms: readonly QueryTerm[]): Question {
  const weights = new Map(terms.map(({ word, term, idf, weight }) => [term, weighByIdf(word, idf, weight < 1)]))
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  return { weights, total, asksForNumber: ASKS_FOR_NUMBER.test(question), asksHow: ASKS_HOW.test(question) }
}

/**
 * Computes the similarity of a text to a question: Tversky's ratio model (Features of Similarity,
 * 1977) with a low weight for words that only the text has. Words of the headings above and of the
 * previous sentence count as partly shared.
 */
export function compareWords(
  { weights, total, asksForNumber }: Question,
  text: string,
  words: Words,
  headings: ReadonlySet<string>,
  previous: Words,
): Likeness {
  if (total === 0) return { likeness: 0, matches: [] }
  const seen = new Set<string>()
  const matches: Match[] = []
  let shared = 0
  let surplus = 0
  let hasNumber = false
  for (const { word, term, stopWord, start, end } of words) {
    const weight = weights.get(term)
    if (weight !== undefined) matches.push({ term, weight, start, end })
    else if (asksForNumber && !hasNumber) hasNumber = NUMBER.test(text.slice(start, end))
    if (seen.has(term)) continue
    seen.add(term)
    if (weight === undefined) surplus += weighByIdf(word, USUAL_IDF, stopWord)
    else shared += weight
  }
  const before = new Set(previous.map(({ term }) => term))
  for (const [term, weight] of weights) {
    if (seen.has(term)) continue
    if (headings.has(term)) shared += HEADING_SHARE * weight
    else if (before.has(term)) shared += PREVIOUS_SHARE * weight
  }
  return { likeness: (hasNumber ? NUMBER_BONUS : 1) * (shared / (total + SURPLUS_SHARE * surplus)), matches }
}

function weighByIdf(word: string, idf: number, stopWord: boolean): number {
  return (stopWord ? STOP_WORD_SHARE : 1) * (EVEN_WEIGHT + idf + Math.min(word.length, FULL_LENGTH))
}
