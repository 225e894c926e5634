import type { SeriesReader } from '../series/series.ts'
import type { ReportedRule } from './build-report.ts'
import type { Period } from './measures.ts'
import type { AlertRow } from './report.ts'
import { showTimes } from './show.ts'

/** The gauge in which the evaluation keeps what each rule measured. */
export const MEASURE_SERIES = 'alert_measure'

/** An alert that fires more often than this in a period is one that operators stop reading. */
const TOO_OFTEN = 10

/**
 * Reviews the thresholds of rules: what was measured, how often each fired, and which threshold
 * would have fired hardly ever.
 */
export function reviewRules(
  series: SeriesReader,
  rules: readonly ReportedRule[],
  { from, to }: Period,
  alerts: readonly AlertRow[],
): readonly string[] {
  return rules.flatMap(({ id, title, threshold, isAbove, show }) => {
    const points = series.read(MEASURE_SERIES, [{ label: 'rule', op: '=', value: id }], from, to).flatMap(({ points }) => points)
    if (points.length === 0) return []
    const worst = points.map(({ v, min = v, max = v }) => (isAbove ? max : min)).toSorted((a, b) => (isAbove ? a - b : b - a))
    const at = (share: number) => worst[Math.min(worst.length - 1, Math.floor(share * worst.length))] ?? 0
    const fired = alerts.find(({ rule }) => rule === id)?.fired ?? 0
    const isClose = isAbove ? at(0.99) > threshold / 2 : at(0.99) < threshold * 2
    if (fired === 0 && !isClose) return []
    const measured = `95 % of the time ${isAbove ? 'at most' : 'at least'} ${show(at(0.95))}, 99 % ${show(at(0.99))}; the limit is ${show(threshold)}`
    const advice = fired > TOO_OFTEN ? ` It fired ${showTimes(fired)}: fix its cause, or set the limit to ${show(at(0.99))}.` : ''
    return `${title}: ${measured}.${advice}`
  })
}
