import { BACKGROUND_STEMS } from './background-words.ts'
import type { Analyse } from './coverage.ts'

type Word = ReturnType<Analyse>[number]

/** What a word says about what a text is about, from 0 on: the natural logarithm of how rare it is, less for a stop word. */
export type WeighWord = (word: Word) => number

/**
 * What a stop word keeps of its weight where text is judged. The search engine's own shares are others: they are fitted to its ranking, where the same
 * word also counts by its idf.
 */
export const STOP_WORD_SHARE = 0.25
const LEAST_WEIGHT = 0.5
/** That of a word in one of 10,000 runs of text: nothing is known about how much rarer a word is that the list does not have. */
const GREATEST_WEIGHT = 9.2
/** Numbers are rare one by one, but a number alone says little. */
const GREATEST_NUMBER_WEIGHT = 6
const ONLY_DIGITS = /^\p{N}+$/u
const LEVELS_PER_E = 2
/** A text of which the list knows less is not English. */
const ENGLISH_SHARE = 0.5

const WEIGHTS: ReadonlyMap<string, number> = new Map(
  BACKGROUND_STEMS.flatMap((stems, level) =>
    stems.split(/\s+/).map(stem => [stem, Math.max(LEAST_WEIGHT, level / LEVELS_PER_E)] as const),
  ),
)

/**
 * Chooses how words are weighed beside this question: by how rare they are in English, which a collection of thirty documents cannot tell; where
 * the question is in another language, words that English does not have are the weightier the longer they are.
 */
export function chooseWeights(question: readonly Word[]): WeighWord {
  const known = question.filter(({ term, stopWord }) => stopWord || WEIGHTS.has(term)).length
  const isEnglish = known >= ENGLISH_SHARE * question.length
  return ({ word, term, stopWord }) => {
    const greatest = ONLY_DIGITS.test(word) ? GREATEST_NUMBER_WEIGHT : GREATEST_WEIGHT
    const weight = WEIGHTS.get(term) ?? (isEnglish ? greatest : Math.min(greatest, 2 + word.length))
    return stopWord ? STOP_WORD_SHARE * weight : weight
  }
}

/** Weighs words of a text that is not held against a question, as English. */
export const weighEnglishWord = chooseWeights([])
