import { growthPerDay } from '../../../base/theil-sen.ts'
import { type AnalysisLine, iso, linesCommand, numberOf, type Period, textOf } from '../record.ts'
import { createDurations } from './durations.ts'
import { describeSteps, type StepHour, type StepPerformance } from './step-trends.ts'

export interface RoutePerformance {
  readonly route: string
  readonly count: number
  readonly count_before: number
  readonly p50_ms: number | undefined
  readonly p95_ms: number | undefined
  readonly p99_ms: number | undefined
  readonly p95_ms_before: number | undefined
  /** Trend of its median of an hour, in milliseconds a day; undefined with less than a day. */
  readonly trend_ms_per_day: number | undefined
}

export interface SlowRequest {
  readonly at: string
  readonly route: string
  readonly took_ms: number
  readonly status: number | undefined
  readonly trace_id: string | undefined
  readonly lines: string | undefined
}

export interface PerformanceAnalysis {
  readonly name: 'performance'
  readonly from: string
  readonly to: string
  readonly routes: readonly RoutePerformance[]
  readonly slowest: readonly SlowRequest[]
  /** How long turns took to be stored, and how much longer they took in all. */
  readonly turns: { readonly count: number; readonly p95_ms: number | undefined; readonly store_p95_ms: number | undefined }
  readonly steps: readonly StepPerformance[]
}

const HOUR_MS = 3_600_000
const MAX_ROUTES = 100
const MAX_SLOWEST = 10

/** Texts of which every line that this analysis needs contains one. */
export const PERFORMANCE_LINES = ['"function":"end_request"', '"msg":"Bot response sent"'] as const

interface Route {
  readonly now: ReturnType<typeof createDurations>
  readonly before: ReturnType<typeof createDurations>
  readonly hours: Map<number, ReturnType<typeof createDurations>>
}

/** Creates the analysis of response times. Memory: about 100 kB for each of at
 * most 100 routes and a week. */
export function createPerformanceAnalysis({ from, to }: Period) {
  const routes = new Map<string, Route>()
  const turns = { all: createDurations(), store: createDurations() }
  let slowest: readonly SlowRequest[] = []

  function add({ at, record }: AnalysisLine): void {
    const took = numberOf(record, 'took_ms')
    if (took === undefined || at >= to || at < from - (to - from)) return
    if (record.msg === 'Bot response sent') {
      if (at < from || record.replayed === true) return
      turns.all.add(took)
      turns.store.add(numberOf(record, 'store_took_ms') ?? 0)
      return
    }
    const name = [textOf(record, 'method'), textOf(record, 'route')].filter(Boolean).join(' ')
    const route = routes.get(name) ?? open(name)
    if (route === undefined) return
    if (at < from) {
      route.before.add(took)
      return
    }
    route.now.add(took)
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS
    const durations = route.hours.get(hour) ?? createDurations()
    durations.add(took)
    route.hours.set(hour, durations)
    if (slowest.length < MAX_SLOWEST || took > (slowest.at(-1)?.took_ms ?? 0)) {
      const slow = {
        at: iso(at),
        route: name,
        took_ms: took,
        status: numberOf(record, 'status'),
        trace_id: textOf(record, 'trace_id'),
        lines: linesCommand(record),
      }
      slowest = [...slowest, slow].toSorted((a, b) => b.took_ms - a.took_ms).slice(0, MAX_SLOWEST)
    }
  }

  function open(name: string): Route | undefined {
    if (routes.size >= MAX_ROUTES) return undefined
    const route = { now: createDurations(), before: createDurations(), hours: new Map() }
    routes.set(name, route)
    return route
  }

  return {
    add,
    /** @param steps Of the stored turns of the period, in order of time. */
    result: (steps: readonly StepHour[]): PerformanceAnalysis => ({
      name: 'performance',
      from: iso(from),
      to: iso(to),
      routes: [...routes].map(([name, route]) => describe(name, route)).sort((a, b) => b.count - a.count),
      slowest,
      turns: { count: turns.all.count, p95_ms: turns.all.quantile(0.95), store_p95_ms: turns.store.quantile(0.95) },
      steps: describeSteps(steps),
    }),
  }
}

function describe(route: string, { now, before, hours }: Route): RoutePerformance {
  // Of medians: one slow request must not make a trend.
  const medians = [...hours].toSorted(([a], [b]) => a - b).map(([at, durations]) => [at, durations.quantile(0.5) ?? 0] as const)
  return {
    route,
    count: now.count,
    count_before: before.count,
    p50_ms: now.quantile(0.5),
    p95_ms: now.quantile(0.95),
    p99_ms: now.quantile(0.99),
    p95_ms_before: before.quantile(0.95),
    trend_ms_per_day: growthPerDay(medians),
  }
}
