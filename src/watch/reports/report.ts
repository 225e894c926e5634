/** A report as data: plain JSON, without personal data. Times are ISO 8601 in UTC. */
export interface Report {
  readonly kind: 'daily' | 'weekly'
  readonly host: string
  readonly from: string
  readonly to: string
  /** Share of the time for which there are metrics. */
  readonly coverage: number
  /** What a manager reads: a few sentences, the most important first. */
  readonly summary: readonly string[]
  readonly figures: readonly Figure[]
  readonly charts: readonly Chart[]
  readonly alerts: readonly AlertRow[]
  readonly review: readonly string[]
  readonly capacity: readonly CapacityRow[]
  readonly actions: readonly string[]
}

export type FigureUnit = 'count' | 'ratio' | 'seconds'

/** A measure of the period and of the one before. Undefined without data. */
export interface Figure {
  readonly id: string
  readonly name: string
  readonly unit: FigureUnit
  readonly value: number | undefined
  readonly before: number | undefined
  /** Whether more is better; undefined if neither. */
  readonly moreIsBetter: boolean | undefined
  /** What contributed most to the change, such as `/chat: +12`. */
  readonly contributors: readonly string[]
}

export interface Chart {
  readonly title: string
  readonly unit: FigureUnit
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [t: number, v: number])[] }[]
}

export interface AlertRow {
  readonly rule: string
  readonly title: string
  readonly fired: number
  readonly firedBefore: number
  readonly meanTimeToResolveS: number | undefined
}

export interface CapacityRow {
  readonly resource: string
  /** Share (0–1) in use at the end, and the highest. */
  readonly now: number
  readonly peak: number
  /** Day on which it is full at its present growth; undefined if it does not grow. */
  readonly fullBy: string | undefined
  /** Whether there are metrics of a day, without which growth is not known. */
  readonly isGrowthKnown: boolean
}
