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
import { comparePaired, type Estimate, estimate } from './significance.ts'

/** The result of the service for one question. */
export interface Outcome {
  /** The best documents, best first, without duplicates. */
  readonly documents: readonly { readonly id: string; readonly score: number }[]
  /** 0–1. */
  readonly confidence: number
  readonly response: string
  readonly tookMs: number
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
  /** Undefined if no query has an answer. */
  readonly answers: { readonly queries: number; readonly contained: number; readonly mean_chars: number } | undefined
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

/** The figures of an evaluation and the rankings behind them. */
export interface EvaluationResult {
  readonly evaluation: Evaluation
  readonly rankings: ReadonlyMap<string, Outcome['documents']>
}

const CURVE_THRESHOLDS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)

/** Asks every question of a collection, one at a time, and measures the results. */
export async function evaluate(collection: Collection, options: EvaluationOptions): Promise<EvaluationResult> {
  const { queries, unanswerable } = collection
  if (queries.length === 0) throw new RangeError('The collection has no question with a judgement above 0.')
  const outcomes = new Map<string, Outcome>()
  const total = queries.length + [...unanswerable.values()].reduce((sum, group) => sum + group.length, 0)
  let done = 0
  const ask = async (query: Query) => {
    const outcome = await options.ask(query)
    options.onProgress?.(++done, total)
    return outcome
  }
  for (const query of queries) outcomes.set(query.id, await ask(query))

  const answerable = [...outcomes.values()].map(({ confidence }) => confidence)
  const abstention: Record<string, Abstention> = {}
  for (const [name, group] of unanswerable) {
    const confidences: number[] = []
    for (const query of group) confidences.push((await ask(query)).confidence)
    if (confidences.length > 0) abstention[name] = describeAbstention(answerable, confidences, options.threshold)
  }

  const rankings = new Map([...outcomes].map(([id, { documents }]) => [id, documents]))
  const perQuery = measureRankings(collection, rankings)
  return {
    evaluation: {
      documents: collection.documents.length,
      queries: queries.length,
      measures: byMeasure(name => estimate(perQuery.map(measures => measures[name]))),
      answers: describeAnswers(queries, outcomes),
      abstention,
      latency_ms: describeLatency([...outcomes.values()].map(({ tookMs }) => tookMs)),
    },
    rankings,
  }
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

function describeAbstention(answerable: readonly number[], confidences: readonly number[], threshold: number): Abstention {
  const [{ precision, recall } = { precision: 0, recall: 0 }] = abstentionCurve(answerable, confidences, [threshold])
  return {
    questions: confidences.length,
    auroc: areaUnderCurve(answerable, confidences),
    precision,
    recall,
    curve: abstentionCurve(answerable, confidences, CURVE_THRESHOLDS),
  }
}

function describeAnswers(queries: readonly Query[], outcomes: ReadonlyMap<string, Outcome>): Evaluation['answers'] {
  const withAnswers = queries.filter(({ answers }) => answers !== undefined && answers.length > 0)
  if (withAnswers.length === 0) return undefined
  const responses = withAnswers.map(({ id }) => outcomes.get(id)!.response)
  const contained = withAnswers.filter(({ answers }, i) => answers!.some(answer => fold(responses[i]!).includes(fold(answer))))
  return {
    queries: withAnswers.length,
    contained: contained.length / withAnswers.length,
    mean_chars: responses.reduce((sum, { length }) => sum + length, 0) / responses.length,
  }
}

function describeLatency(times: readonly number[]): Evaluation['latency_ms'] {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { p50: at(0.5), p99: at(0.99) }
}

/** Folds case and white space. */
function fold(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim()
}
