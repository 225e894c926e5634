import type { QueryContext } from '../search/search-engine.ts'
import { type RetrievedEvidence, type RetrieveEvidence, weighEvidence } from './confidence.ts'
import { readContextDependence } from './context-dependence.ts'
import type { Analyse } from './coverage.ts'
import { weighEnglishWord } from './word-weight.ts'

/**
 * The retrieved passages and the words of earlier turns in the search; none for a self-contained
 * message.
 */
export interface RetrievedInContext extends RetrievedEvidence {
  readonly context: readonly QueryContext[]
}

/** An earlier question of the session and its answer. */
export interface PastTurn {
  readonly question: string
  /** Title of the page that answered. Empty after a fallback. */
  readonly title: string
  /** The quoted text of that page. */
  readonly quoted: string
}

export interface FollowUpSteps {
  readonly retrieve: RetrieveEvidence
  readonly analyse: Analyse
  /**
   * Returns the session's last questions, newest first. Called only for a message that may need
   * them.
   */
  pastTurns(limit: number): Promise<readonly PastTurn[]>
}

/** Number of passages to retrieve for an answer. */
export const RETRIEVED_PASSAGES = 10
const PAST_TURNS = 4
/**
 * Weights of a turn's words by age. Replies weigh more than questions, since they name the subject
 * more often.
 */
const REPLY_WEIGHTS = [1, 1, 1, 0.5]
const QUESTION_WEIGHTS = [0.5, 0.25]
/**
 * Lowest weight of a reply's word: one in e^6 ≈ 400 English texts. More frequent words rarely name
 * a subject, except in titles.
 */
const LEAST_REPLY_WEIGHT = 6
const TITLE_WORDS = 6
const MAX_WORDS_A_TURN = 24
/**
 * A message with this few words, such as "And on Windows?", consists of its subject: context weighs
 * less.
 */
const FEW_WORDS = 2
const FEW_WORDS_SHARE = 0.6
/**
 * Lowest confidence of the best passage found with context, as a share of that of the best one
 * found without. Lower if the message needs context more. Compares only the best passages: among
 * five, the right one is often still present when context has moved others ahead of it.
 */
const LEAST_CONFIDENCE_SHARES = { dependent: 0.05, 'maybe-dependent': 0.6 } as const

/**
 * Retrieves passages for a message, with words of earlier turns if it depends on them. Compares
 * both searches if it may depend on them.
 */
export async function retrieveInContext(
  message: string,
  limit: number,
  { retrieve, analyse, pastTurns }: FollowUpSteps,
): Promise<RetrievedInContext> {
  const dependence = readContextDependence(message, analyse)
  const context = dependence === 'self-contained' ? [] : planContext(message, await pastTurns(PAST_TURNS), analyse)
  if (dependence === 'self-contained' || context.length === 0) return { ...(await retrieve(message, limit)), context }
  const joined = { ...(await retrieve(message, limit, { context })), context }
  const alone = { ...(await retrieve(message, limit)), context: [] }
  const judge = ({ passages }: RetrievedEvidence) => weighEvidence(message, passages.slice(0, 1), analyse).confidence
  return judge(joined) >= LEAST_CONFIDENCE_SHARES[dependence] * judge(alone) ? joined : alone
}

/**
 * Selects words of earlier turns as context of a message: each once, with its highest weight,
 * highest weights first.
 * @param turns Newest first.
 */
export function planContext(message: string, turns: readonly PastTurn[], analyse: Analyse): readonly QueryContext[] {
  const words = analyse(message)
  const own = new Set(words.map(({ term }) => term))
  const share = words.filter(({ stopWord }) => !stopWord).length <= FEW_WORDS ? FEW_WORDS_SHARE : 1
  const best = new Map<string, { readonly word: string; readonly weight: number }>()
  const take = (text: string, weight: number, least: number) => {
    const words = analyse(text).filter(word => !word.stopWord && !own.has(word.term) && weighEnglishWord(word) >= least)
    for (const { word, term } of words.slice(0, MAX_WORDS_A_TURN))
      if ((best.get(term)?.weight ?? 0) < weight) best.set(term, { word, weight })
  }
  for (const [age, { question, title, quoted }] of turns.entries()) {
    for (const reply of [title, quoted]) {
      const isTitle = analyse(reply).length <= TITLE_WORDS
      take(reply, REPLY_WEIGHTS[age] ?? 0, isTitle ? 0 : LEAST_REPLY_WEIGHT)
    }
    take(question, QUESTION_WEIGHTS[age] ?? 0, 0)
  }
  return [...Map.groupBy(best.values(), ({ weight }) => weight)]
    .map(([weight, words]) => ({ text: words.map(({ word }) => word).join(' '), weight: share * weight }))
    .sort((a, b) => b.weight - a.weight)
}
