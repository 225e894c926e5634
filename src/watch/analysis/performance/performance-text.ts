import type { PerformanceAnalysis } from './performance-analysis.ts'

/** Renders the analysis of response times as text. */
export function renderPerformance({ from, to, routes, slowest, turns, steps, explanation }: PerformanceAnalysis): string {
  const ms = (value: number | undefined) =>
    value === undefined ? '–' : value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
  const describe = ({
    at,
    before_ms,
    after_ms,
  }: {
    readonly at: string
    readonly before_ms: number
    readonly after_ms: number
  }) => `, changed at ${at}: from ${ms(before_ms)} to ${ms(after_ms)}`
  return [
    `Response times from ${from} to ${to}`,
    '',
    ...routes.flatMap(({ route, count, count_before, p50_ms, p95_ms, p99_ms, p95_ms_before, change }) => [
      `${route}: ${count} × (${count_before} before), median ${ms(p50_ms)}, 95 % ${ms(p95_ms)} (${ms(p95_ms_before)} before), 99 % ${ms(p99_ms)}`,
      ...(change === undefined ? [] : [`  median of an hour${describe(change)}`]),
    ]),
    '',
    `Turns: ${turns.count}; 95 % answered within ${ms(turns.p95_ms)}, of which up to ${ms(turns.store_p95_ms)} to store them`,
    ...steps.map(
      ({ step, mean_ms, change }) => `  ${step}: ${ms(mean_ms)} on average${change === undefined ? '' : describe(change)}`,
    ),
    ...(explanation === undefined
      ? []
      : [
          '',
          `Turns changed at ${explanation.at}: from ${ms(explanation.before_ms)} to ${ms(explanation.after_ms)} on average of an hour, by step:`,
          ...explanation.steps.map(({ step, change_ms }) => `  ${step}: ${change_ms < 0 ? '−' : '+'}${ms(Math.abs(change_ms))}`),
        ]),
    '',
    'Slowest:',
    ...slowest.map(({ at, route, took_ms, status, lines }) => `  ${at} ${route} ${status ?? ''} ${ms(took_ms)}: ${lines ?? ''}`),
    '',
  ].join('\n')
}
