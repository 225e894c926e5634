import { type Asked, type AskedOutOfScope, type AskedQuestion, judgeReply } from './asked.ts'
import type { Collection, Query } from './collection.ts'
import {
  abstentionCurve,
  areaUnderCurve,
  MEASURES,
  type MeasureName,
  type Measures,
  measure,
  type ThresholdPoint,
} from './measures.ts'
import type { Reply } from './reply.ts'
import { measureReplies, type ReplyFigures } from './reply-figures.ts'
import { comparePaired, type Estimate, estimate } from './significance.ts'

/** The result of the service for one question of a collection. */
export interface Outcome extends Reply {
  /** The best documents, best first, without duplicates. */
  readonly documents: readonly { readonly id: string; readonly score: number }[]
}

export interface EvaluationOptions {
  /** Asks the service under evaluation, which holds the collection's documents. */
  readonly ask: (query: Query) => Promise<Outcome>
  /** Lowest confidence at which the service answers. */
  readonly threshold: number
  readonly onProgress?: (done: number, total: number) => void
}

/** The figures of a collection. Shares and confidences are 0–1, durations in milliseconds. */
export interface Evaluation {
  readonly documents: number
  readonly queries: number
  readonly measures: Readonly<Record<MeasureName, Estimate>>
  readonly replies: ReplyFigures
  /** By file of unanswerable questions. */
  readonly abstention: Readonly<Record<string, Abstention>>
  readonly latency_ms: { readonly p50: number; readonly p99: number }
}

export interface Abstention {
  readonly questions: number
  readonly auroc: number
  /** At the configured threshold. */
  readonly precision: number
  readonly recall: number
  readonly curve: readonly ThresholdPoint[]
}

/** The figures of an evaluation, and the rankings and replies behind them. */
export interface EvaluationResult {
  readonly evaluation: Evaluation
  readonly rankings: ReadonlyMap<string, Outcome['documents']>
  readonly asked: Asked
}

const CURVE_THRESHOLDS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)

/** Asks every question of a collection, one at a time, and measures the results. */
export async function evaluate(collection: Collection, options: EvaluationOptions): Promise<EvaluationResult> {
  const { documents, queries } = collection
  if (queries.length === 0) throw new RangeError('The collection has no question with a judgement above 0.')
  const { questions, rankings, unanswerable } = await askCollection(collection, options)
  const asked = { questions, outOfScope: [...unanswerable.values()].flat(), phrasings: [] }
  const answerable = questions.map(({ reply }) => reply.confidence)
  const perQuery = measureRankings(collection, rankings)
  const evaluation = {
    documents: documents.length,
    queries: queries.length,
    measures: byMeasure(name => estimate(perQuery.map(measures => measures[name]))),
    replies: measureReplies(asked),
    abstention: Object.fromEntries(
      [...unanswerable].map(([name, group]) => [name, describeAbstention(answerable, group, options.threshold)]),
    ),
    latency_ms: describeLatency(questions.map(({ reply }) => reply.tookMs)),
  }
  return { evaluation, rankings, asked }
}

async function askCollection(collection: Collection, { ask, onProgress }: EvaluationOptions) {
  const groups = [...collection.unanswerable].filter(([, group]) => group.length > 0)
  const total = collection.queries.length + groups.reduce((sum, [, group]) => sum + group.length, 0)
  let done = 0
  const questions: AskedQuestion[] = []
  const rankings = new Map<string, Outcome['documents']>()
  for (const query of collection.queries) {
    const { documents, ...reply } = await ask(query)
    rankings.set(query.id, documents)
    questions.push(judgeReply(describeQuery(query), reply))
    onProgress?.(++done, total)
  }
  const unanswerable = new Map<string, AskedOutOfScope[]>()
  for (const [name, group] of groups) {
    const asked: AskedOutOfScope[] = []
    for (const query of group) {
      asked.push({ id: query.id, question: query.text, reply: await ask(query) })
      onProgress?.(++done, total)
    }
    unanswerable.set(name, asked)
  }
  return { questions, rankings, unanswerable }
}

/**
 * Measures each query, in the collection's order. A query without a ranking counts as without
 * results.
 */
export function measureRankings(
  { queries, judgements }: Pick<Collection, 'queries' | 'judgements'>,
  rankings: ReadonlyMap<string, readonly { readonly id: string }[]>,
): readonly Measures[] {
  return queries.map(({ id }) =>
    measure(
      (rankings.get(id) ?? []).map(document => document.id),
      judgements.get(id)!,
    ),
  )
}

export type Comparison = Readonly<Record<MeasureName, ReturnType<typeof comparePaired>>>

/** Compares the measures of two runs over the same queries, with significance. */
export function compareMeasures(before: readonly Measures[], after: readonly Measures[]): Comparison {
  return byMeasure(name =>
    comparePaired(
      before.map(measures => measures[name]),
      after.map(measures => measures[name]),
    ),
  )
}

function byMeasure<T>(make: (name: MeasureName) => T): Readonly<Record<MeasureName, T>> {
  return Object.fromEntries(MEASURES.map(name => [name, make(name)])) as Record<MeasureName, T>
}

function describeAbstention(answerable: readonly number[], asked: readonly AskedOutOfScope[], threshold: number): Abstention {
  const confidences = asked.map(({ reply }) => reply.confidence)
  const [{ precision, recall } = { precision: 0, recall: 0 }] = abstentionCurve(answerable, confidences, [threshold])
  return {
    questions: confidences.length,
    auroc: areaUnderCurve(answerable, confidences),
    precision,
    recall,
    curve: abstentionCurve(answerable, confidences, CURVE_THRESHOLDS),
  }
}

/** Describes a query as a question for which each answer alone is right. */
function describeQuery({
  id,
  text,
  history = [],
  answers = [],
}: Query): Pick<AskedQuestion, 'id' | 'question' | 'history' | 'facts'> {
  const messages = history.filter(({ role }) => role === 'user').map(message => message.text)
  return { id, question: text, history: messages, facts: answers.length > 0 ? [answers] : undefined }
}

/** Describes durations in milliseconds, of which there is at least one. */
export function describeLatency(times: readonly number[]): Evaluation['latency_ms'] {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { p50: at(0.5), p99: at(0.99) }
}
