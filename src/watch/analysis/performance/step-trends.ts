import { growthPerDay } from '../../../base/theil-sen.ts'

/** Mean time (ms) that turns of an hour spent in each step. */
export interface StepHour {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly turns: number
  readonly steps: Readonly<Record<string, number>>
}

/** A step of a turn. Mean in milliseconds. */
export interface StepPerformance {
  readonly step: string
  readonly mean_ms: number
  /** Trend of its mean of an hour, in milliseconds a day; undefined with less than a day. */
  readonly trend_ms_per_day: number | undefined
}

/** The mean and the trend of each step. */
export function describeSteps(hours: readonly StepHour[]): readonly StepPerformance[] {
  const names = [...new Set(hours.flatMap(({ steps }) => Object.keys(steps)))]
  return names.map(step => ({
    step,
    mean_ms: meanOf(hours, step),
    trend_ms_per_day: growthPerDay(hours.map(({ at, steps }) => [at, steps[step] ?? 0] as const)),
  }))
}

function meanOf(hours: readonly StepHour[], step: string): number {
  const turns = hours.reduce((sum, hour) => sum + hour.turns, 0)
  return turns === 0 ? 0 : hours.reduce((sum, hour) => sum + (hour.steps[step] ?? 0) * hour.turns, 0) / turns
}
