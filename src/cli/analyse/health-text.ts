import type { CheckState, ObjectiveState } from '../../watch/reports/health.ts'
import { showFigure } from '../../watch/reports/show.ts'

export interface HealthAnalysis {
  readonly name: 'health'
  readonly from: string
  readonly to: string
  readonly objectives: readonly (ObjectiveState & { readonly goal: string; readonly lines: string })[]
  readonly checks: readonly CheckState[]
  readonly alerts: readonly {
    readonly rule: string
    readonly fired: number
    readonly mean_time_to_resolve_s: number | undefined
  }[]
}

/** Renders objectives, checks and alerts, what is wrong first. */
export function renderHealth({ from, to, objectives, checks, alerts }: HealthAnalysis): string {
  return [
    `Health, from the metrics of ${from} to ${to}`,
    '',
    ...objectives.flatMap(renderObjective),
    '',
    'Checks:',
    ...(checks.length === 0 ? ['  There are no metrics yet'] : checks.map(renderCheck)),
    '',
    'Alerts:',
    ...(alerts.length === 0 ? ['  none fired'] : alerts.map(renderAlert)),
    '',
  ].join('\n')
}

function renderObjective({
  goal,
  target,
  achieved,
  total,
  budget_left,
  burn_rates,
  lines,
}: HealthAnalysis['objectives'][number]) {
  if (achieved === undefined) return [`NO DATA ${goal}`]
  const rates = burn_rates.map(({ hours, rate }) => `${rate === undefined ? 'no requests' : rate.toFixed(1)} in ${hours} h`)
  return [
    `${achieved >= target ? 'MET    ' : 'MISSED '} ${goal}: ${percent(achieved)} of ${total.toLocaleString('en')}`,
    `        ${describeBudget(budget_left ?? 0)}; burn rate: ${rates.join(', ')}`,
    ...(achieved < 1 ? [`        ${lines}`] : []),
  ]
}

function renderCheck({ check, ok, passed, last_failed }: CheckState): string {
  const past =
    last_failed === undefined ? 'always passed' : `passed ${percent(passed)} of the time, last failed at ${last_failed}`
  return `  ${ok ? 'ok    ' : 'FAILS '} ${check}: ${past}`
}

function renderAlert({ rule, fired, mean_time_to_resolve_s: seconds }: HealthAnalysis['alerts'][number]): string {
  const time = seconds === undefined ? '' : `, resolved after ${Math.round(seconds)} s on average`
  return `  ${rule}: fired ${fired} ×${time}: pellucid alerts history --rule ${rule}`
}

/** A budget that is spent several times over is not shown as a large negative share. */
function describeBudget(left: number): string {
  return left >= 0 ? `error budget left: ${showFigure(left, 'ratio')}` : `error budget spent ${(1 - left).toFixed(1)} times`
}

/** With the digits that tell 99.9 % from 99.95 %, and never rounded up to 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 100_000) / 1000} %`
}
