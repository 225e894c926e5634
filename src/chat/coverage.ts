import type { QueryTerm } from '../search/search-engine.ts'

/** Splits a text into its words; `term` is the form that words are compared in, their stem. The search engine's own analysis fits. */
export type Analyse = (text: string) => readonly { readonly word: string; readonly term: string; readonly stopWord: boolean }[]

/** A question, ready to be held against many texts. */
export interface Question {
  /** How much each of its words says. */
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
}

const STOP_WORD_SHARE = 0.25
/** Longer words are rarer in any English text, up to about this length. */
const FULL_LENGTH = 8
/** Added to every weight, so that no single rare word outweighs all the others. */
const EVEN_WEIGHT = 4
/** What a word outside the question is taken to weigh in idf: as one that stands in every fiftieth passage, for ln 50 ≈ 4. */
const USUAL_IDF = 4
/** What a word counts that stands not in the text itself but in the headings above it. */
const HEADING_SHARE = 0.6
/** What a word of the text counts that the question does not contain. Small: a good sentence says more than was asked. */
const SURPLUS_SHARE = 0.2

/**
 * Weighs the words of a question by rarity. A collection of thirty documents says little about which words are rare, so that a word's length
 * speaks beside its inverse document frequency. A word that no document contains has the highest.
 */
export function weighQuestion(terms: readonly QueryTerm[]): Question {
  const weights = new Map(terms.map(({ word, term, idf, weight }) => [term, weigh(word, idf, weight < 1)]))
  return { weights, total: [...weights.values()].reduce((sum, weight) => sum + weight, 0) }
}

/** How much of a question, 0–1, the words of a text contain, by weight. Grows with the question's length alone. */
export function coverage({ weights, total }: Question, terms: ReadonlySet<string>): number {
  let covered = 0
  for (const [term, weight] of weights) if (terms.has(term)) covered += weight
  return total === 0 ? 0 : covered / total
}

/**
 * How like a question a piece of text is, 0–1: Tversky's ratio (Features of Similarity, 1977) of what they share to that and what either has
 * alone, where the text's surplus counts for little, and words of the headings above it as partly shared.
 */
export function likeness({ weights, total }: Question, text: ReturnType<Analyse>, headings: ReadonlySet<string>): number {
  const seen = new Set<string>()
  let shared = 0
  let surplus = 0
  for (const { word, term, stopWord } of text) {
    if (seen.has(term)) continue
    seen.add(term)
    const weight = weights.get(term)
    if (weight === undefined) surplus += weigh(word, USUAL_IDF, stopWord)
    else shared += weight
  }
  for (const [term, weight] of weights) if (!seen.has(term) && headings.has(term)) shared += HEADING_SHARE * weight
  return total === 0 ? 0 : shared / (total + SURPLUS_SHARE * surplus)
}

function weigh(word: string, idf: number, stopWord: boolean): number {
  return (stopWord ? STOP_WORD_SHARE : 1) * (EVEN_WEIGHT + idf + Math.min(word.length, FULL_LENGTH))
}
