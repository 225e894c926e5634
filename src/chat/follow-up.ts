import type { Retrieve, Retrieved } from '../search/retrieval.ts'
import type { QueryContext } from '../search/search-engine.ts'
import type { Analyse } from './coverage.ts'
import { readLeaning } from './leaning.ts'
import { chooseWeights } from './word-weight.ts'

/** What was said in one turn, and what the reply spoke of. */
export interface PastTurn {
  readonly said: string
  /** The title of the page that answered, or a short reply itself. */
  readonly repliedAbout: string
}

/** What was retrieved, and the words of earlier turns that it was searched with; none for a message that stands on its own. */
export interface RetrievedInContext extends Retrieved {
  readonly context: readonly QueryContext[]
}

export interface FollowUpSteps {
  readonly retrieve: Retrieve
  readonly analyse: Analyse
  /** The session's last turns, newest first; asked only where the message may need them. */
  pastTurns(limit: number): Promise<readonly PastTurn[]>
}

const PAST_TURNS = 4
/** What a turn's words still weigh, by its age: the subject of a talk is named by the replies rather than by the questions. */
const REPLY_WEIGHTS = [1, 1, 1, 0.5]
const SAID_WEIGHTS = [0.5, 0.25]
/** A reply's words that are more frequent in English, one in e^6 ≈ 400 runs of text, name no subject, unless the reply is as short as a title. */
const LEAST_REPLY_WEIGHT = 6
const TITLE_WORDS = 6
const MAX_WORDS_A_TURN = 24
/** In a message of so few words each is what it is about ("And on Windows?"): context must not outweigh them. */
const FEW_WORDS = 2
const FEW_WORDS_SHARE = 0.6
/** What context finds must answer the message itself nearly as well as what was found without, where it is not certain that it is needed. */
const LEAST_CONFIDENCE_SHARE = 0.5

const weigh = chooseWeights([])

/** Retrieves passages for a message, with words of the session's last turns where it needs them. A message that may need them is searched for twice. */
export async function retrieveInContext(
  message: string,
  limit: number,
  { retrieve, analyse, pastTurns }: FollowUpSteps,
): Promise<RetrievedInContext> {
  const leaning = readLeaning(message, analyse)
  const context = leaning === 'stands' ? [] : planContext(message, await pastTurns(PAST_TURNS), analyse)
  if (context.length === 0) return { ...(await retrieve(message, limit)), context }
  const joined = { ...(await retrieve(message, limit, { context })), context }
  if (leaning === 'leans') return joined
  const alone = { ...(await retrieve(message, limit)), context: [] }
  return joined.evidence.confidence >= LEAST_CONFIDENCE_SHARE * alone.evidence.confidence ? joined : alone
}

/** The words that a message takes on from the turns before it, newest first, each once and at its greatest weight; the heaviest first. */
export function planContext(message: string, turns: readonly PastTurn[], analyse: Analyse): readonly QueryContext[] {
  const words = analyse(message)
  const own = new Set(words.map(({ term }) => term))
  const share = words.filter(({ stopWord }) => !stopWord).length <= FEW_WORDS ? FEW_WORDS_SHARE : 1
  const best = new Map<string, { readonly word: string; readonly weight: number }>()
  const take = (text: string, weight: number, least: number) => {
    const words = analyse(text).filter(word => !word.stopWord && !own.has(word.term) && weigh(word) >= least)
    for (const { word, term } of words.slice(0, MAX_WORDS_A_TURN))
      if ((best.get(term)?.weight ?? 0) < weight) best.set(term, { word, weight })
  }
  for (const [age, { said, repliedAbout }] of turns.entries()) {
    const isTitle = analyse(repliedAbout).length <= TITLE_WORDS
    take(repliedAbout, REPLY_WEIGHTS[age] ?? 0, isTitle ? 0 : LEAST_REPLY_WEIGHT)
    take(said, SAID_WEIGHTS[age] ?? 0, 0)
  }
  return [...Map.groupBy(best.values(), ({ weight }) => weight)]
    .map(([weight, words]) => ({ text: words.map(({ word }) => word).join(' '), weight: share * weight }))
    .sort((a, b) => b.weight - a.weight)
}
