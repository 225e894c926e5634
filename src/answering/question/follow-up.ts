import type { QueryContext } from '../../search/search-engine.ts'
import { analyse } from '../../text/analysis.ts'
import { weighEnglishWord } from '../word-weight.ts'
import { type ContentWord, contentWords, type Question, wordsOf } from './question.ts'

/** An earlier question of the session and its answer. */
export interface PastTurn {
  readonly question: string
  /** Title of the page that answered. Empty after a fallback. */
  readonly title: string
  /** The quoted text of that page. */
  readonly quoted: string
}

/** What to search for. Plain data. */
export interface SearchPlan {
  readonly question: Question
  /** Words of earlier turns. Empty for a self-contained message. */
  readonly context: readonly QueryContext[]
}

/** Number of earlier turns that are read for a message that depends on them. */
export const PAST_TURNS = 2
/**
 * Weights of the words of earlier questions, of the titles that answered, and of the replies, by
 * age, relative to a word of the message itself.
 */
const QUESTION_WEIGHTS = [0.5, 0.2]
const TITLE_WEIGHTS = [0.3, 0.1]
const REPLY_WEIGHTS = [0.3, 0.1]
/**
 * Lowest weight of a word of the quoted text: one in e^6 ≈ 400 English texts. More frequent words
 * rarely name a subject, except in titles.
 */
const LEAST_RARITY = 6
const MAX_WORDS_A_TURN = 24
/**
 * Dependence of a further question of a message on those before, if it has one content word only:
 * "how do I install Celery and which brokers are there?"
 */
const BARE_DEPENDENCE = 0.5

/**
 * Plans the search for a question, with words of earlier turns if it depends on them. Each word is
 * used once, with its highest weight.
 * @param turns Newest first.
 */
export function planSearch(
  question: Question,
  turns: readonly PastTurn[],
  { dependence }: Pick<Question, 'dependence'> = question,
): SearchPlan {
  if (dependence === 0) return { question, context: [] }
  const own = new Set(question.words.map(({ term }) => term))
  const best = new Map<string, { readonly word: string; readonly weight: number }>()
  const take = (words: readonly ContentWord[], weight: number) => {
    for (const { word, term } of words.slice(0, MAX_WORDS_A_TURN))
      if (!own.has(term) && (best.get(term)?.weight ?? 0) < weight) best.set(term, { word, weight })
  }
  for (const [age, { question: earlier, title, quoted }] of turns.entries()) {
    take(wordsOf(earlier), QUESTION_WEIGHTS[age] ?? 0)
    // These words mislead a message that only may depend on the turn.
    take(contentWords(title), dependence * (TITLE_WEIGHTS[age] ?? 0))
    const names = analyse(quoted).filter(word => !word.stopWord && weighEnglishWord(word) >= LEAST_RARITY)
    take(names, dependence * (REPLY_WEIGHTS[age] ?? 0))
  }
  const context = [...Map.groupBy(best.values(), ({ weight }) => weight)]
    .map(([weight, words]) => ({ text: words.map(({ word }) => word).join(' '), weight: dependence * weight }))
    .sort((a, b) => b.weight - a.weight)
  // A word that is both counts as a word of an earlier turn, which weighs more.
  const synonyms = question.synonyms.filter(({ term }) => !best.has(term))
  return { question: { ...question, synonyms }, context }
}

/** The same for a further question of a message. @param turns With the questions before it. */
export function planFurtherSearch(question: Question, turns: readonly PastTurn[]): SearchPlan {
  const least = question.words.length > 1 ? 0 : BARE_DEPENDENCE
  return planSearch(question, turns, { dependence: Math.max(question.dependence, least) })
}
