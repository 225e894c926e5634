import { iso } from '../record.ts'
import { type ChangePoint, findChangePoint } from './change-point.ts'

/** Mean time (ms) that turns of an hour spent in each step. */
export interface StepHour {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly turns: number
  readonly steps: Readonly<Record<string, number>>
}

/** A step of a turn. Means in milliseconds. */
export interface StepPerformance {
  readonly step: string
  readonly mean_ms: number
  /** When its mean of an hour changed; undefined if it did not. */
  readonly change: { readonly at: string; readonly before_ms: number; readonly after_ms: number } | undefined
}

/** Why turns became slower or faster: what each step contributed, the largest part first. */
export interface Explanation {
  readonly at: string
  readonly before_ms: number
  readonly after_ms: number
  readonly steps: readonly { readonly step: string; readonly change_ms: number }[]
}

/** The mean and the change of each step. */
export function describeSteps(hours: readonly StepHour[]): readonly StepPerformance[] {
  return namesOf(hours).map(step => ({
    step,
    mean_ms: meanOf(hours, step),
    change: toChange(findChangePoint(hours.map(({ at, steps }) => [at, steps[step] ?? 0] as const))),
  }))
}

/** Explains the largest change of the time of a whole turn. Undefined if it did not change. */
export function explainChange(hours: readonly StepHour[]): Explanation | undefined {
  const total = ({ steps }: StepHour) => Object.values(steps).reduce((sum, ms) => sum + ms, 0)
  const point = findChangePoint(hours.map(hour => [hour.at, total(hour)] as const))
  if (point === undefined) return undefined
  const before = hours.filter(({ at }) => at < point.at)
  const after = hours.filter(({ at }) => at >= point.at)
  const steps = namesOf(hours).map(step => ({ step, change_ms: meanOf(after, step) - meanOf(before, step) }))
  return {
    at: iso(point.at),
    before_ms: point.before,
    after_ms: point.after,
    steps: steps.toSorted((a, b) => Math.abs(b.change_ms) - Math.abs(a.change_ms)),
  }
}

/** A change as it leaves the process. */
export function toChange(point: ChangePoint | undefined): StepPerformance['change'] {
  return point && { at: iso(point.at), before_ms: point.before, after_ms: point.after }
}

function namesOf(hours: readonly StepHour[]): readonly string[] {
  return [...new Set(hours.flatMap(({ steps }) => Object.keys(steps)))]
}

function meanOf(hours: readonly StepHour[], step: string): number {
  const turns = hours.reduce((sum, hour) => sum + hour.turns, 0)
  return turns === 0 ? 0 : hours.reduce((sum, hour) => sum + (hour.steps[step] ?? 0) * hour.turns, 0) / turns
}
