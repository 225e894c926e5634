import type { Token } from '../text/analysis.ts'
import { ENGLISH_LEVELS } from '../text/english-levels.ts'

/**
 * The weight of a word, at least 0: the natural logarithm of its rarity, reduced for a stop word.
 */
export type WeighWord = (word: PlainWord) => number

/** A word, wherever it is. */
type PlainWord = Pick<Token, 'word' | 'term' | 'stopWord'>

/**
 * Share of its weight that a stop word keeps in comparisons of text. The search engine has other
 * shares, fitted to its ranking, where a word also counts by its idf.
 */
const STOP_WORD_SHARE = 0.25
const LEAST_WEIGHT = 0.5
/** Weight of a word that is not in the list: that of a word in one of 10,000 texts. */
const GREATEST_WEIGHT = 9.2
/** Each number is rare, but a number alone is little evidence. */
const GREATEST_NUMBER_WEIGHT = 6
const ONLY_DIGITS = /^\p{N}+$/u
const LEVELS_PER_E = 2
/** Lowest share of known words in an English text. */
const ENGLISH_SHARE = 0.5

/**
 * Chooses the word weights for a question. English: by rarity in English, since a collection of
 * thirty documents says little about rarity. Other languages: unknown words weigh more the longer
 * they are.
 */
export function chooseWeights(question: readonly PlainWord[]): WeighWord {
  const known = question.filter(({ term, stopWord }) => stopWord || ENGLISH_LEVELS.has(term)).length
  const isEnglish = known >= ENGLISH_SHARE * question.length
  return ({ word, term, stopWord }) => {
    const greatest = ONLY_DIGITS.test(word) ? GREATEST_NUMBER_WEIGHT : GREATEST_WEIGHT
    const level = ENGLISH_LEVELS.get(term)
    const known = level === undefined ? undefined : Math.max(LEAST_WEIGHT, level / LEVELS_PER_E)
    const weight = known ?? (isEnglish ? greatest : Math.min(greatest, 2 + word.length))
    return stopWord ? STOP_WORD_SHARE * weight : weight
  }
}

/** Weighs a word of a text as English, without a question. */
export const weighEnglishWord = chooseWeights([])
