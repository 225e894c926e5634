import { stringify } from 'yaml'
import { RULES } from '../../src/watch/rules/rules.ts'
import type { Scenario } from './scenarios.ts'

/** The scenarios as tests for `promtool test rules`, which evaluates the rules at each interval. */
export function toPromtoolTests(scenarios: readonly Scenario[], evaluationInterval: string): string {
  const tests = scenarios.map(({ name, intervalS, series, firing }) => ({
    name,
    interval: `${intervalS}s`,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: Object.entries(firing).map(([minute, alerts]) => ({
      expr: 'ALERTS{alertstate="firing"}',
      eval_time: `${minute}m`,
      exp_samples: alerts.map(alert => ({ labels: labelsOf(alert), value: 1 })),
    })),
  }))
  return stringify(
    { rule_files: ['alerts.yaml'], evaluation_interval: evaluationInterval, tests },
    { lineWidth: 0, singleQuote: true },
  )
}

/** `disk_space{volume="data"}` as the labels of the series ALERTS. */
function labelsOf(alert: string): string {
  const [, id = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(alert) ?? []
  const rule = RULES.find(rule => rule.id === id)
  if (rule === undefined) throw new Error(`No rule has the id ${id}`)
  const own = `alertname="${rule.alert}", alertstate="firing", severity="${rule.severity}"`
  return `ALERTS{${labels === '' ? own : `${own}, ${labels}`}}`
}
