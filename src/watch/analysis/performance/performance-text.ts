import type { PerformanceAnalysis } from './performance-analysis.ts'

/** Trends below this, in milliseconds a day, are not worth a word. */
const NOTABLE_MS = 1

/** Renders the analysis of response times as text. */
export function renderPerformance({ from, to, routes, slowest, turns, steps }: PerformanceAnalysis): string {
  const ms = (value: number | undefined) =>
    value === undefined ? '–' : value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
  const trend = (perDay: number | undefined) =>
    perDay === undefined || Math.abs(perDay) < NOTABLE_MS ? '' : `, trend ${perDay < 0 ? '−' : '+'}${ms(Math.abs(perDay))} a day`
  return [
    `Response times from ${from} to ${to}`,
    '',
    ...routes.map(
      ({ route, count, count_before, p50_ms, p95_ms, p99_ms, p95_ms_before, trend_ms_per_day }) =>
        `${route}: ${count} × (${count_before} before), median ${ms(p50_ms)}${trend(trend_ms_per_day)}, 95 % ${ms(p95_ms)} (${ms(p95_ms_before)} before), 99 % ${ms(p99_ms)}`,
    ),
    '',
    `Turns: ${turns.count}; 95 % answered within ${ms(turns.p95_ms)}, of which up to ${ms(turns.store_p95_ms)} to store them`,
    ...steps.map(({ step, mean_ms, trend_ms_per_day }) => `  ${step}: ${ms(mean_ms)} on average${trend(trend_ms_per_day)}`),
    '',
    'Slowest:',
    ...slowest.map(({ at, route, took_ms, status, lines }) => `  ${at} ${route} ${status ?? ''} ${ms(took_ms)}: ${lines ?? ''}`),
    '',
  ].join('\n')
}
