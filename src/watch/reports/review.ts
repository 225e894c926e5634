import type { Point, SeriesReader } from '../series/series.ts'
import type { ReportedRule } from './build-report.ts'
import type { Period } from './measures.ts'
import type { AlertRow } from './report.ts'
import { showTimes } from './show.ts'

/** The gauge in which the evaluation keeps what each rule measured. */
export const MEASURE_SERIES = 'alert_measure'

/** An alert that fires more often than this in a period is one that operators stop reading. */
const TOO_OFTEN = 10

/**
 * Reviews the thresholds of rules: what was measured, how often each fired, and, for those that
 * fired too often, how often they would have passed another limit. The last line names the rules
 * that neither fired nor came close to their limit.
 */
export function reviewRules(
  series: SeriesReader,
  rules: readonly ReportedRule[],
  { from, to }: Period,
  alerts: readonly AlertRow[],
): readonly string[] {
  const quiet: string[] = []
  const lines = rules.flatMap(rule => {
    const measured = series
      .read(MEASURE_SERIES, [{ label: 'rule', op: '=', value: rule.id }], from, to)
      .map(({ points }) => points)
    if (measured.every(points => points.length === 0)) return []
    const fired = alerts.find(alert => alert.rule === rule.id)?.fired ?? 0
    const line = review(rule, measured, fired)
    if (line === undefined) quiet.push(rule.title)
    return line ?? []
  })
  return quiet.length === 0 ? lines : [...lines, `Neither fired nor came close to their limit: ${quiet.join(', ')}.`]
}

/** One rule in a sentence; undefined if it neither fired nor came close to its limit. */
function review(
  { title, threshold, isAbove, show }: ReportedRule,
  measured: readonly (readonly Point[])[],
  fired: number,
): string | undefined {
  const worst = measured
    .flatMap(points => points.map(point => worstOf(point, isAbove)))
    .toSorted((a, b) => (isAbove ? a - b : b - a))
  const at = (share: number) => worst[Math.min(worst.length - 1, Math.floor(share * worst.length))] ?? 0
  const limit = at(0.99)
  if (fired === 0 && (isAbove ? limit <= threshold / 2 : limit >= threshold * 2)) return undefined
  const facts = `${title}: 95 % of the time ${isAbove ? 'at most' : 'at least'} ${show(at(0.95))}, 99 % ${show(limit)}; the limit is ${show(threshold)}.`
  if (fired <= TOO_OFTEN) return facts
  const isLaxer = isAbove ? limit > threshold : limit < threshold
  const times = measured.reduce((sum, points) => sum + countPassages(points, limit, isAbove), 0)
  const advice = isLaxer ? `set the limit to ${show(limit)}, which was passed ${showTimes(times)}` : 'raise for_s'
  return `${facts} It fired ${showTimes(fired)}: fix its cause, or ${advice}.`
}

function worstOf({ v, min = v, max = v }: Point, isAbove: boolean): number {
  return isAbove ? max : min
}

/** How often a value went beyond a limit. Within one stored point it counts once. */
function countPassages(points: readonly Point[], limit: number, isAbove: boolean): number {
  const isBeyond = (point: Point | undefined) => {
    const value = point && worstOf(point, isAbove)
    return value !== undefined && (isAbove ? value > limit : value < limit)
  }
  return points.filter((point, i) => isBeyond(point) && !isBeyond(points[i - 1])).length
}
