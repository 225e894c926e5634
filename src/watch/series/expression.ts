import type { Matcher } from './series.ts'

/**
 * An expression over series that both the server and Prometheus can evaluate. Its value is a
 * vector: one value for each combination of labels.
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
   * Over the recorded values at the same time of the days before. Without `enough` of them, no
   * value.
   */
  | {
      readonly kind: 'past'
      readonly statistic: 'mean' | 'deviation'
      readonly recording: string
      readonly days: number
      readonly enough: number
    }

/** An expression whose values are kept, as a series of this name. */
export interface Recording {
  readonly name: string
  readonly of: Expression
}
