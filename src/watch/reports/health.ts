import type { Matcher, SeriesReader } from '../series/series.ts'
import { byLabel, CHAT, FAILED, increase, increases, type Period, USERS } from './measures.ts'

/** What the operator promises to users. Shares are from 0 to 1. */
export interface Objectives {
  /** Share of requests that do not fail by a fault of the server. */
  readonly availability: number
  /** Share of messages that are answered within `replyWithinS` seconds. */
  readonly fastReplies: number
  readonly replyWithinS: number
}

/** An objective and what was achieved. Undefined without requests. Plain JSON. */
export interface ObjectiveState {
  readonly objective: 'availability' | 'latency'
  readonly target: number
  readonly achieved: number | undefined
  readonly total: number
  /** Share of the error budget of the period that is left; below 0 if more was spent. */
  readonly budget_left: number | undefined
  /** Speed at which the budget was spent before the end of the period: at 1, all of it. */
  readonly burn_rates: readonly { readonly hours: number; readonly rate: number | undefined }[]
}

/** A check of `/health/ready`, over the period. */
export interface CheckState {
  readonly check: string
  readonly ok: boolean
  /** Share of the time for which it passed. */
  readonly passed: number
  /** ISO 8601; undefined if it did not fail. */
  readonly last_failed: string | undefined
}

/** Hours of burn rates: those of a fast, a slow and a creeping loss. */
const BURN_HOURS = [1, 6, 72] as const
const HOUR_MS = 3_600_000

/** Good and all requests of a period. */
interface Share {
  readonly good: number
  readonly total: number
}

/** What was achieved of each objective in a period. */
export function measureObjectives(series: SeriesReader, period: Period, objectives: Objectives): readonly ObjectiveState[] {
  const { availability, fastReplies, replyWithinS } = objectives
  return [
    describe('availability', availability, period, part => countAvailable(series, part)),
    describe('latency', fastReplies, period, part => countFast(series, part, replyWithinS)),
  ]
}

/** The checks of `/health/ready`, the worst first. Empty without stored metrics. */
export function measureChecks(series: SeriesReader, { from, to }: Period): readonly CheckState[] {
  return series
    .read('health_check_up', [], from, to)
    .flatMap(({ labels, points }) => {
      const last = points.at(-1)
      if (last === undefined) return []
      const failed = points.findLast(({ v, min = v }) => min < 1)
      return {
        check: labels.check ?? '',
        ok: last.v === 1,
        passed: meanOverTime(points),
        last_failed: failed === undefined ? undefined : new Date(failed.t).toISOString(),
      }
    })
    .toSorted((a, b) => Number(a.ok) - Number(b.ok) || a.passed - b.passed || (a.check < b.check ? -1 : 1))
}

function describe(
  objective: ObjectiveState['objective'],
  target: number,
  period: Period,
  measure: (period: Period) => Share,
): ObjectiveState {
  const spent = ({ good, total }: Share) => (total === 0 ? undefined : (1 - good / total) / (1 - target))
  const all = measure(period)
  const used = spent(all)
  return {
    objective,
    target,
    achieved: all.total === 0 ? undefined : all.good / all.total,
    total: Math.round(all.total),
    budget_left: used === undefined ? undefined : 1 - used,
    burn_rates: BURN_HOURS.map(hours => ({
      hours,
      rate: spent(measure({ from: Math.max(period.from, period.to - hours * HOUR_MS), to: period.to })),
    })),
  }
}

function countAvailable(series: SeriesReader, period: Period): Share {
  const count = (...matchers: readonly Matcher[]) => increase(series, 'chatbot_requests_total', [USERS, ...matchers], period) ?? 0
  const total = count()
  return { good: total - count(FAILED), total }
}

/** Interpolates linearly within the bucket of the limit. */
function countFast(series: SeriesReader, period: Period, limitS: number): Share {
  const counts = byLabel(increases(series, 'chatbot_response_time_seconds_bucket', [CHAT], period), 'le')
  const buckets = [...counts]
    .map(([le, count]) => ({ bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count }))
    .toSorted((a, b) => a.bound - b.bound)
  const total = buckets.at(-1)?.count ?? 0
  const index = buckets.findIndex(({ bound }) => bound >= limitS)
  const above = buckets[index]
  if (above === undefined) return { good: total, total }
  const { bound, count } = buckets[index - 1] ?? { bound: 0, count: 0 }
  // Nothing is known of the times above the last bound.
  const inside = Number.isFinite(above.bound) ? (limitS - bound) / (above.bound - bound) : 0
  return { good: count + (above.count - count) * inside, total }
}

function meanOverTime(points: readonly { readonly t: number; readonly v: number }[]): number {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || first.t === last.t) return last?.v ?? 1
  const area = points.slice(1).reduce((sum, { t, v }, i) => sum + v * (t - (points[i]?.t ?? t)), 0)
  return area / (last.t - first.t)
}
