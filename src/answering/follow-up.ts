import type { QueryContext } from '../search/search-engine.ts'
import { type RetrievedEvidence, type RetrieveEvidence, weighEvidence } from './confidence.ts'
import { readLeaning } from './context-dependence.ts'
import type { Analyse } from './coverage.ts'
import { weighEnglishWord } from './word-weight.ts'

/** What was retrieved, and the words of earlier turns that it was searched with; none for a message that stands on its own. */
export interface RetrievedInContext extends RetrievedEvidence {
  readonly context: readonly QueryContext[]
}

/** An earlier question of the session and what answered it. */
export interface PastTurn {
  readonly question: string
  /** Title of the page that answered. Empty if none did. */
  readonly title: string
  /** The quoted text of that page. */
  readonly quoted: string
}

export interface FollowUpSteps {
  readonly retrieve: RetrieveEvidence
  readonly analyse: Analyse
  /** The session's last questions, newest first; asked only where the message may need them. */
  pastTurns(limit: number): Promise<readonly PastTurn[]>
}

/** How many passages an answer is taken from. */
export const RETRIEVED_PASSAGES = 10
const PAST_TURNS = 4
/** What a turn's words still weigh, by its age: the subject of a talk is named by the replies rather than by the questions. */
const REPLY_WEIGHTS = [1, 1, 1, 0.5]
const QUESTION_WEIGHTS = [0.5, 0.25]
/** A reply's words that are more frequent in English, one in e^6 ≈ 400 runs of text, name no subject, unless the reply is as short as a title. */
const LEAST_REPLY_WEIGHT = 6
const TITLE_WORDS = 6
const MAX_WORDS_A_TURN = 24
/** In a message of so few words each is what it is about ("And on Windows?"): context must not outweigh them. */
const FEW_WORDS = 2
const FEW_WORDS_SHARE = 0.6
/**
 * How well, as a share of what the best passage without context does, the best one with it must answer the message itself: less where context is
 * likelier needed. Only the best: among five, the one that answers often still is when context has put others before it.
 */
const LEAST_CONFIDENCE_SHARES = { leans: 0.05, 'may-lean': 0.6 } as const

/** Retrieves passages for a message, with words of the session's last turns where it needs them. A message that may need them is searched for with and without. */
export async function retrieveInContext(
  message: string,
  limit: number,
  { retrieve, analyse, pastTurns }: FollowUpSteps,
): Promise<RetrievedInContext> {
  const leaning = readLeaning(message, analyse)
  const context = leaning === 'stands' ? [] : planContext(message, await pastTurns(PAST_TURNS), analyse)
  if (leaning === 'stands' || context.length === 0) return { ...(await retrieve(message, limit)), context }
  const joined = { ...(await retrieve(message, limit, { context })), context }
  const alone = { ...(await retrieve(message, limit)), context: [] }
  const judge = ({ passages }: RetrievedEvidence) => weighEvidence(message, passages.slice(0, 1), analyse).confidence
  return judge(joined) >= LEAST_CONFIDENCE_SHARES[leaning] * judge(alone) ? joined : alone
}

/** The words that a message takes on from the turns before it, newest first, each once and at its greatest weight; the heaviest first. */
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
