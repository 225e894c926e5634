import type { Retrieve } from '../search/retrieval.ts'
import { type Answerer, type RatedPassages, RETRIEVED_PASSAGES } from './answerer.ts'
import { PAST_TURNS, type PastTurn, type SearchPlan } from './question/follow-up.ts'

/** Finds and rates the passages for a planned search. */
export type SearchPlanned = (plan: SearchPlan) => Promise<RatedPassages>

export interface ContextSteps {
  readonly answerer: Pick<Answerer, 'read' | 'plan'>
  readonly search: SearchPlanned
  /**
   * Returns the session's last questions, newest first. Called only for a message that depends on
   * them.
   */
  pastTurns(limit: number): Promise<readonly PastTurn[]>
}

/** Creates a search that rates what it finds. */
export function createPlannedSearch(retrieve: Retrieve, { rate }: Pick<Answerer, 'rate'>): SearchPlanned {
  return async plan => rate(plan, await retrieve(...toQuery(plan)))
}

/**
 * Weight of a synonym in the search, relative to a word of the question. It finds passages that
 * have none of the words, and hardly moves the others.
 */
const SYNONYM_WEIGHT = 0.2

/** The arguments of the retrieval for a plan. */
export function toQuery({ question, context }: SearchPlan): Parameters<Retrieve> {
  const synonyms = { text: question.synonyms.map(({ word }) => word).join(' '), weight: SYNONYM_WEIGHT }
  return [question.query, RETRIEVED_PASSAGES, { context: [...context, synonyms] }]
}

/** Share of the passages whose headings are questions in a collection of questions and answers. */
const QUESTIONS_SHARE = 0.8

/**
 * Finds and rates the passages for a message, with words of earlier turns if it depends on them. If
 * the headings of what it finds are questions, it searches again with the question words: there,
 * they distinguish "what is" from "how do I".
 */
export async function searchInContext(message: string, { answerer, search, pastTurns }: ContextSteps): Promise<RatedPassages> {
  const question = answerer.read(message)
  const turns = question.dependence > 0 ? await pastTurns(PAST_TURNS) : []
  const plan = answerer.plan(question, turns)
  const found = await search(plan)
  if (question.query === message || !haveQuestions(found.passages)) return found
  return search({ ...plan, question: { ...question, query: message } })
}

function haveQuestions(passages: RatedPassages['passages']): boolean {
  const questions = passages.filter(({ title, headings }) => /[?？]\s*$/.test(headings.at(-1) ?? title))
  return questions.length > 0 && questions.length >= QUESTIONS_SHARE * passages.length
}
