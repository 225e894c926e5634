import { histogramQuantile, increaseOf } from './counters.ts'
import type { Expression } from './expression.ts'
import type { SeriesReader } from './series.ts'

/** One value of a vector, with the labels that it is of. */
export interface Value {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** How old the latest value of a series may be. */
const STALE_MS = 300_000
/** Of a past day only means of an hour are left. */
const PAST_STALE_MS = 3_600_000
const DAY_MS = 86_400_000

/** Evaluates an expression at a time (ms since 1970), as Prometheus evaluates its PromQL. */
export function evaluateExpression(expression: Expression, reader: SeriesReader, at: number): readonly Value[] {
  const evaluate = (inner: Expression) => evaluateExpression(inner, reader, at)
  switch (expression.kind) {
    case 'latest':
      return reader
        .read(expression.metric, expression.matchers, at - STALE_MS, at)
        .flatMap(({ labels, points }) => points.slice(-1).map(({ v }) => ({ labels, value: v })))
    case 'increase':
    case 'rate': {
      const windowMs = expression.windowS * 1000
      const divisor = expression.kind === 'rate' ? expression.windowS : 1
      return reader.read(expression.metric, expression.matchers, at - windowMs, at).flatMap(({ labels, points }) => {
        const increase = increaseOf(points, at - windowMs, at)
        return increase === undefined ? [] : { labels, value: increase / divisor }
      })
    }
    case 'sum':
    case 'max':
      return aggregate(evaluate(expression.of), expression.by, values =>
        expression.kind === 'sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values),
      )
    case 'quantile':
      return quantiles(expression, reader, at)
    case 'divide':
      return combine(expression, evaluate, (left, right) => (right === 0 ? undefined : left / right))
    case 'subtract':
      return combine(expression, evaluate, (left, right) => left - right)
    case 'add':
      return combine(expression, evaluate, (left, right) => left + right)
    case 'multiply':
      return combine(expression, evaluate, (left, right) => left * right)
    case 'where':
      return combine(expression, evaluate, (left, right) => (right > 0 ? left : undefined))
    case 'absolute':
      return evaluate(expression.of).map(({ labels, value }) => ({ labels, value: Math.abs(value) }))
    case 'number':
      return [{ labels: {}, value: expression.value }]
    case 'past':
      return pastDays(expression, reader, at)
  }
}

type Labels = Value['labels']

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function aggregate(
  vector: readonly Value[],
  by: readonly string[],
  join: (values: readonly number[]) => number,
): readonly Value[] {
  const groups = Map.groupBy(
    vector.map(({ labels, value }) => ({ labels: pick(labels, by), value })),
    ({ labels }) => keyOf(labels),
  )
  return [...groups.values()].map(group => ({ labels: group[0]?.labels ?? {}, value: join(group.map(({ value }) => value)) }))
}

function pick(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.flatMap(name => (labels[name] === undefined ? [] : [[name, labels[name]]])))
}

function quantiles(
  { quantile, metric, by, windowS }: Extract<Expression, { kind: 'quantile' }>,
  reader: SeriesReader,
  at: number,
): readonly Value[] {
  const rates = evaluateExpression({ kind: 'rate', metric: `${metric}_bucket`, matchers: [], windowS }, reader, at)
  const groups = Map.groupBy(
    aggregate(rates, [...by, 'le'], values => values.reduce((sum, value) => sum + value, 0)),
    ({ labels }) => keyOf(pick(labels, by)),
  )
  return [...groups.values()].flatMap(buckets => {
    const counts = buckets.map(({ labels: { le = '' }, value }) => ({
      bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
      count: value,
    }))
    const value = histogramQuantile(quantile, counts)
    return value === undefined ? [] : { labels: pick(buckets[0]?.labels ?? {}, by), value }
  })
}

/** Joins two vectors by their labels. A number is joined with every value. */
function combine(
  { left, right }: { readonly left: Expression; readonly right: Expression },
  evaluate: (expression: Expression) => readonly Value[],
  join: (left: number, right: number) => number | undefined,
): readonly Value[] {
  const lefts = evaluate(left)
  const rights = evaluate(right)
  const partners = new Map(rights.map(each => [keyOf(each.labels), each.value]))
  const numberLeft = left.kind === 'number' ? left.value : undefined
  const numberRight = right.kind === 'number' ? right.value : undefined
  const joined = numberLeft === undefined ? lefts : rights
  return joined.flatMap(({ labels, value }) => {
    const partner = numberRight ?? partners.get(keyOf(labels))
    const result = numberLeft !== undefined ? join(numberLeft, value) : partner === undefined ? undefined : join(value, partner)
    return result === undefined ? [] : { labels, value: result }
  })
}

function pastDays(
  { statistic, recording, days, enough }: Extract<Expression, { kind: 'past' }>,
  reader: SeriesReader,
  at: number,
): readonly Value[] {
  const values = Array.from({ length: days }, (_, i) => at - (i + 1) * DAY_MS).flatMap(time =>
    reader.read(recording, [], time - PAST_STALE_MS, time).flatMap(({ points }) => points.slice(-1).map(({ v }) => v)),
  )
  if (values.length < enough) return []
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (statistic === 'mean') return [{ labels: {}, value: mean }]
  return [{ labels: {}, value: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }]
}
