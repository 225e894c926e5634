import type { QueryTerm } from '../search/search-engine.ts'
import { STOP_WORD_SHARE } from './word-weight.ts'

/** Splits a text into its words; `term` is the form that words are compared in, their stem. The search engine's own analysis fits. */
export type Analyse = (text: string) => readonly {
  readonly word: string
  readonly term: string
  readonly stopWord: boolean
  /** Where it stands in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number
  readonly end: number
}[]

type Words = ReturnType<Analyse>

/** A question, ready to be held against many texts. */
export interface Question {
  /** How much each of its words says. */
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
  /** Whether a number would answer it. */
  readonly asksForNumber: boolean
  /** Whether it asks how to do something. */
  readonly asksHow: boolean
}

/** How like a question a piece of text is, and where the question's words stand in it. */
export interface Likeness {
  /** From 0; 1 for a text that says what was asked and nothing else, somewhat more where it has the number that was asked for. */
  readonly likeness: number
  readonly matches: readonly Match[]
}

/** A word of the question where it stands in a text, in UTF-16 units. */
export interface Match {
  readonly term: string
  readonly weight: number
  readonly start: number
  readonly end: number
}

/** Longer words are rarer in any English text, up to about this length. */
const FULL_LENGTH = 8
/** Added to every weight, so that no single rare word outweighs all the others. */
const EVEN_WEIGHT = 4
/** What a word outside the question is taken to weigh in idf: as one that stands in every fiftieth passage, for ln 50 ≈ 4. */
const USUAL_IDF = 4
/** What a word counts that stands not in the text itself but in the headings above it, or in the sentence before it. */
const HEADING_SHARE = 0.6
const PREVIOUS_SHARE = 0.5
/** What a word of the text counts that the question does not contain. Small: a good sentence says more than was asked. */
const SURPLUS_SHARE = 0.1
const NUMBER_BONUS = 1.5
const ASKS_FOR_NUMBER =
  /\bhow (?:many|much|old|tall|long|far|high|large|big|often|wide|deep|fast|heavy)\b|^(?:and |but |so )?when\b|\b(?:what|which) (?:year|date|day|month|decade|century|percentage|percent|number|port|version)\b/i
const ASKS_HOW = /\bhow (?:do|does|can|could|should|would|to)\b|\bexample\b/i
const NUMBER =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|dozens?|hundreds?|thousands?|millions?|billions?|half|twice)\b/i

/**
 * Weighs the words of a question by rarity. A collection of thirty documents says little about which words are rare, so that a word's length
 * speaks beside its inverse document frequency. A word that no document contains has the highest.
 */
export function weighQuestion(question: string, terms: readonly QueryTerm[]): Question {
  const weights = new Map(terms.map(({ word, term, idf, weight }) => [term, weighByIdf(word, idf, weight < 1)]))
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  return { weights, total, asksForNumber: ASKS_FOR_NUMBER.test(question), asksHow: ASKS_HOW.test(question) }
}

/**
 * How like a question a piece of text is: Tversky's ratio (Features of Similarity, 1977) of what they share to that and what either has
 * alone, where the text's surplus counts for little, and words of the headings above it and of the sentence before it as partly shared.
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
