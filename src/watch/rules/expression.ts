import type { Expression } from '../series/expression.ts'
import type { Matcher } from '../series/series.ts'

/** How far back `past` looks, and how many days must have a value. */
const PAST = { days: 7, enough: 3 }

/** `endpoint!~"/health.*|/metrics"` as a matcher. */
export function matcher(text: string): Matcher {
  const [, label = '', op = '=', value = ''] = /^(\w+)(=~|!~|!=|=)"(.*)"$/.exec(text) ?? []
  return { label, op: op as Matcher['op'], value }
}

export const latest = (metric: string, ...matchers: readonly string[]): Expression => ({
  kind: 'latest',
  metric,
  matchers: matchers.map(matcher),
})
export const increase = (metric: string, windowS: number, ...matchers: readonly string[]): Expression => ({
  kind: 'increase',
  metric,
  windowS,
  matchers: matchers.map(matcher),
})
export const rate = (metric: string, windowS: number, ...matchers: readonly string[]): Expression => ({
  kind: 'rate',
  metric,
  windowS,
  matchers: matchers.map(matcher),
})
export const sum = (of: Expression, ...by: readonly string[]): Expression => ({ kind: 'sum', by, of })
export const max = (of: Expression, ...by: readonly string[]): Expression => ({ kind: 'max', by, of })
export const quantile = (q: number, metric: string, windowS: number, ...by: readonly string[]): Expression => ({
  kind: 'quantile',
  quantile: q,
  metric,
  windowS,
  by,
})
export const divide = (left: Expression, right: Expression): Expression => ({ kind: 'divide', left, right })
export const subtract = (left: Expression, right: Expression): Expression => ({ kind: 'subtract', left, right })
export const multiply = (left: Expression, right: Expression): Expression => ({ kind: 'multiply', left, right })
export const add = (left: Expression, right: Expression): Expression => ({ kind: 'add', left, right })
export const number = (value: number): Expression => ({ kind: 'number', value })
export const absolute = (of: Expression): Expression => ({ kind: 'absolute', of })
export const where = (left: Expression, right: Expression): Expression => ({ kind: 'where', left, right })
export const past = (statistic: 'mean' | 'deviation', recording: string): Expression => ({
  kind: 'past',
  statistic,
  recording,
  ...PAST,
})
