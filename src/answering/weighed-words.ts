import type { Retrieved } from '../search/retrieval.ts'
import type { QueryTerm } from '../search/search-engine.ts'
import { analyse } from '../text/analysis.ts'
import type { Question } from './question/question.ts'
import { chooseWeights } from './word-weight.ts'

/** A word of a question, weighed by its rarity in English and in the documents. */
export interface WeighedWord {
  readonly term: string
  readonly weight: number
  readonly isRare: boolean
  readonly documentFrequency: number
}

/**
 * Passages of a collection in which a missing word means that it says nothing about it. A smaller
 * one, such as a list of frequent questions, lacks many words of the questions that it answers.
 */
const LARGE = 2000
/** Greatest rarity of a word in English, ln(1 / share of texts). */
const GREATEST_RARITY = 9
/**
 * Idf at which a word has its full weight. In a collection of that size or larger, a word that is
 * everywhere loses this share of its weight; less in a smaller one, which says less about rarity.
 */
const FULL_IDF = 6
const GREATEST_IDF_LOSS = 0.7
/** A word in one of e^7 ≈ 1,100 English texts, or fewer, is rare: often a name. */
const RARE = 7

/** The question's content words. A misspelt one counts as the word that replaces it. */
export function weighOwnWords(
  { words }: Question,
  { terms, corrections }: Pick<Retrieved, 'terms' | 'corrections'>,
): readonly WeighedWord[] {
  const known = new Map(terms.map(term => [term.term, term]))
  const greatestIdf = greatestIdfOf(terms)
  const corrected = new Map(corrections.map(({ word, suggestion }) => [word, analyse(suggestion)[0]?.term]))
  const contents = words.map(({ word, term }) => ({ word, term, stopWord: false }))
  const rarityOf = chooseWeights(contents)
  const weighed = contents.map(content => {
    const { word, term } = content
    const rarity = rarityOf(content)
    const found = known.get(term)
    const replacement = corrected.get(word)
    const weight = weigh(rarity, found?.idf ?? greatestIdf, greatestIdf)
    const documentFrequency = replacement === undefined ? (found?.documentFrequency ?? 0) : 1
    return { term: replacement ?? term, weight, isRare: rarity >= RARE, documentFrequency }
  })
  // A misspelt word may stand for another word of the question.
  return weighed.filter(({ term }, i) => weighed.findIndex(other => other.term === term) === i)
}

/** The words of earlier turns, which weigh as much as in the search. */
export function weighContext(terms: readonly QueryTerm[]): readonly WeighedWord[] {
  const greatestIdf = greatestIdfOf(terms)
  return terms.map(({ term, idf, weight, documentFrequency }) => ({
    term,
    weight: weight * weigh(GREATEST_RARITY / 2, idf, greatestIdf),
    isRare: false,
    documentFrequency,
  }))
}

function weigh(rarity: number, idf: number, greatestIdf: number): number {
  const full = Math.min(FULL_IDF, greatestIdf)
  const loss = GREATEST_IDF_LOSS * (full / FULL_IDF) * (1 - Math.min(1, idf / full))
  return (1 + Math.min(GREATEST_RARITY, rarity)) * (1 - loss)
}

/** The idf of a word that no passage contains. */
function greatestIdfOf(terms: readonly QueryTerm[]): number {
  return terms.length === 0 ? FULL_IDF : Math.log(1 + (countPassages(terms) + 0.5) / 0.5)
}

/** The size of the collection, 0–1. */
export function sizeOf({ terms }: Pick<Retrieved, 'terms'>): number {
  return Math.min(1, Math.log(Math.max(1, countPassages(terms))) / Math.log(LARGE))
}

/** The number of passages of the collection, from the statistics of any word. */
function countPassages([first]: readonly QueryTerm[]): number {
  if (first === undefined) return 0
  const { idf, documentFrequency } = first
  return (Math.exp(idf) - 1) * (documentFrequency + 0.5) + documentFrequency - 0.5
}
