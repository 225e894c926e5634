import type { PerformanceAnalysis } from './performance-analysis.ts'

/** Renders the analysis of response times as text. */
export function renderPerformance({ from, to, routes, slowest, turns }: PerformanceAnalysis): string {
  const ms = (value: number | undefined) =>
    value === undefined ? '–' : value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
  return [
    `Response times from ${from} to ${to}`,
    '',
    ...routes.flatMap(({ route, count, count_before, p50_ms, p95_ms, p99_ms, p95_ms_before, change }) => [
      `${route}: ${count} × (${count_before} before), median ${ms(p50_ms)}, 95 % ${ms(p95_ms)} (${ms(p95_ms_before)} before), 99 % ${ms(p99_ms)}`,
      ...(change === undefined
        ? []
        : [`  changed at ${change.at}: from ${ms(change.before_ms)} to ${ms(change.after_ms)}, median of an hour`]),
    ]),
    '',
    `Turns: ${turns.count}; 95 % answered within ${ms(turns.p95_ms)}, of which up to ${ms(turns.store_p95_ms)} to store them`,
    '',
    'Slowest:',
    ...slowest.map(({ at, route, took_ms, status, lines }) => `  ${at} ${route} ${status ?? ''} ${ms(took_ms)}: ${lines ?? ''}`),
    '',
  ].join('\n')
}
