import type { Retrieve } from '../search/retrieval.ts'
import type { QueryContext } from '../search/search-engine.ts'
import { type Answerer, type RatedPassages, RETRIEVED_PASSAGES } from './answerer.ts'
import { PAST_TURNS, type PastTurn, type SearchPlan } from './question/follow-up.ts'
import { mayDepend, type Question } from './question/question.ts'
import { splitQuestions } from './question/question-splitting.ts'

/** Finds and rates the passages for a planned search. */
export type SearchPlanned = (plan: SearchPlan) => Promise<RatedPassages>

export interface ContextSteps {
  readonly answerer: Pick<Answerer, 'read' | 'plan' | 'planFurther' | 'answers'>
  readonly search: SearchPlanned
  /**
   * Returns the session's last questions, newest first. Called only for a message that depends on
   * them.
   */
  pastTurns(limit: number): Promise<readonly PastTurn[]>
}

/** A retrieval that rates what it finds. */
export type RatedSearch = (...query: Parameters<Retrieve>) => Promise<RatedPassages>

/** What is recorded of a search. */
export interface SearchDescription {
  readonly confidence: number
  /** Whether an answer is too unlikely. */
  readonly abstained: boolean
}

/** Wraps a search to observe it, such as in a span. */
export type ObserveSearch = (search: RatedSearch, describe: (found: RatedPassages) => SearchDescription) => RatedSearch

/** Creates a search that rates what it finds. */
export function createPlannedSearch(
  retrieve: Retrieve,
  { rate, answers }: Pick<Answerer, 'rate' | 'answers'>,
  observe: ObserveSearch = search => search,
): SearchPlanned {
  const describe = (found: RatedPassages) => ({ confidence: found.evidence.confidence, abstained: !answers(found) })
  return plan => observe(async (...query) => rate(plan, await retrieve(...query)), describe)(...toQuery(plan))
}

/**
 * Weight of a synonym in the search, relative to a word of the question. It finds passages that
 * have none of the words, and hardly moves the others.
 */
const SYNONYM_WEIGHT = 0.2
/** Weight in the search of two words of the question that are written as one. */
const COMPOUND_WEIGHT = 0.5

/** The arguments of the retrieval for a plan. */
export function toQuery({ question, context }: SearchPlan): Parameters<Retrieve> {
  const { synonyms } = question
  const compounds = synonyms.filter(({ and }) => and !== undefined)
  const others = synonyms.filter(({ and }) => and === undefined)
  const added = [toContext(compounds, COMPOUND_WEIGHT), toContext(others, SYNONYM_WEIGHT)]
  return [question.query, RETRIEVED_PASSAGES, { context: [...context, ...added], defined: question.defined }]
}

function toContext(synonyms: Question['synonyms'], weight: number): QueryContext {
  return { text: synonyms.map(({ word }) => word).join(' '), weight }
}

/** Share of the passages whose headings are questions in a collection of questions and answers. */
const QUESTIONS_SHARE = 0.8

/**
 * Finds and rates the passages for a message: for each of its questions, or for the whole message
 * if none of them is answered.
 */
export async function searchInContext(message: string, steps: ContextSteps): Promise<RatedPassages> {
  const { answerer } = steps
  const [first = message, ...others] = splitQuestions(message)
  const question = answerer.read(first)
  const turns = await readTurns(question, steps)
  const rated = await searchPlanned(answerer.plan(question, turns), steps)
  if (others.length === 0) return rated
  const plans = others.map((part, i) => {
    const before = toTurns([first, ...others.slice(0, i)])
    return answerer.planFurther(answerer.read(part), [...before, ...turns])
  })
  const further = await Promise.all(plans.map(plan => searchPlanned(plan, steps)))
  if ([rated, ...further].some(answerer.answers)) return { ...rated, further }
  const whole = answerer.read(message)
  return searchPlanned(answerer.plan(whole, await readTurns(whole, steps)), steps)
}

/** Whether answering a message may need earlier turns. */
export function mayNeedTurns(message: string): boolean {
  const [first = message] = splitQuestions(message)
  return mayDepend(first) || (first !== message && mayDepend(message))
}

/** Reads earlier turns if the question depends on them. */
async function readTurns({ dependence }: Question, { pastTurns }: ContextSteps): Promise<readonly PastTurn[]> {
  return dependence > 0 ? pastTurns(PAST_TURNS) : []
}

/** The earlier questions of a message as turns, newest first. */
function toTurns(questions: readonly string[]): readonly PastTurn[] {
  return questions.toReversed().map(question => ({ question, title: '', quoted: '' }))
}

/**
 * Searches again with the question words if the headings of the results are questions: there,
 * they distinguish "what is" from "how do I".
 */
async function searchPlanned(plan: SearchPlan, { search }: ContextSteps): Promise<RatedPassages> {
  const { question } = plan
  const found = await search(plan)
  if (question.query === question.spelled || !haveQuestions(found.passages)) return found
  return search({ ...plan, question: { ...question, query: question.spelled } })
}

function haveQuestions(passages: RatedPassages['passages']): boolean {
  const questions = passages.filter(({ title, headings }) => /[?？]\s*$/.test(headings.at(-1) ?? title))
  return questions.length > 0 && questions.length >= QUESTIONS_SHARE * passages.length
}
