import type { Matcher } from '../../series/series.ts'

/**
 * What a rule measures: an expression over series that both the server and Prometheus can evaluate.
 * Its value is a vector, one value for each combination of labels.
 */
export type Expression =
  /** The latest value of each series. */
  | { readonly kind: 'latest'; readonly metric: string; readonly matchers: readonly Matcher[] }
  /** Increase of counters over a window, in all or per second. */
  | {
      readonly kind: 'increase' | 'rate'
      readonly metric: string
      readonly matchers: readonly Matcher[]
      readonly windowS: number
    }
  /** One value for each combination of these labels. */
  | { readonly kind: 'sum' | 'max'; readonly by: readonly string[]; readonly of: Expression }
  /** Quantile of a histogram over a window, for each combination of these labels. */
  | {
      readonly kind: 'quantile'
      readonly quantile: number
      readonly metric: string
      readonly by: readonly string[]
      readonly windowS: number
    }
  /** Of values with the same labels. A division by 0 has no value. */
  | { readonly kind: 'divide' | 'subtract' | 'add' | 'multiply'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'absolute'; readonly of: Expression }
  /** Values of the left side for which the right side has one above 0, with the same labels. */
  | { readonly kind: 'where'; readonly left: Expression; readonly right: Expression }
  /**
   * Over the recorded values at the same time of the days before, a week in all. Without three of
   * them, no value.
   */
  | { readonly kind: 'past'; readonly statistic: 'mean' | 'deviation'; readonly recording: string }

/** An expression whose values are kept, as a series of this name. */
export interface Recording {
  readonly name: string
  readonly of: Expression
}

/** Days that `past` looks back, and how many of them must have a value. */
export const PAST_DAYS = 7
export const ENOUGH_DAYS = 3

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
export const past = (statistic: 'mean' | 'deviation', recording: string): Expression => ({ kind: 'past', statistic, recording })
