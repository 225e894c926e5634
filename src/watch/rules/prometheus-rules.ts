import { stringify } from 'yaml'
import type { Recording } from '../series/expression.ts'
import { toPromql } from './promql.ts'
import type { Condition, Rule, Unit } from './rule.ts'
import { type CommandPrefix, withPrefix } from './rule-texts.ts'

export interface PrometheusOptions {
  /** How the commands in the texts are started. */
  readonly prefix: CommandPrefix
  /** Where the server can be reached from a browser, for links. */
  readonly publicUrl: string
}

/** Functions of Prometheus's templates that show a value. */
const FORMATS: Readonly<Record<Unit, string>> = {
  ratio: '{{ $value | humanizePercentage }}',
  seconds: '{{ $value | humanizeDuration }}',
  bytes: '{{ $value | humanize }}B',
  days: '{{ $value | humanize }} days',
  'per second': '{{ $value | humanize }} a second',
  count: '{{ $value | humanize }}',
  deviations: '{{ $value | humanize }} standard deviations',
}

/** The rules as a file for Prometheus. */
export function toPrometheusFile(rules: readonly Rule[], recordings: readonly Recording[], options: PrometheusOptions): string {
  const groups = [
    {
      name: 'pellucid',
      rules: [
        ...recordings.map(({ name, of }) => ({ record: name, expr: toPromql(of) })),
        ...rules.map(rule => toPrometheusRule(rule, options)),
      ],
    },
  ]
  return stringify({ groups }, { lineWidth: 0, singleQuote: true })
}

function toPrometheusRule(rule: Rule, { prefix, publicUrl }: PrometheusOptions): object {
  const { id, alert, severity, forS, keepFiringS, conditions, summary, description, users, action } = rule
  return {
    alert,
    expr: conditions.map(condition => compare(condition)).join('\n  or '),
    ...(forS > 0 && { for: `${forS}s` }),
    ...(keepFiringS > 0 && { keep_firing_for: `${keepFiringS}s` }),
    labels: { severity },
    annotations: {
      summary,
      description: description.replace(/\{(\w+)\}/g, (_, name: string) =>
        name === 'value' ? FORMATS[conditions[0].unit] : `{{ $labels.${name} }}`,
      ),
      users,
      action: withPrefix(action, prefix),
      runbook_url: `${publicUrl}/runbooks/${id}`,
    },
  }
}

function compare({ measure, comparison, threshold }: Condition): string {
  const text = toPromql(measure)
  return `${/^(divide|subtract|add|multiply|where)$/.test(measure.kind) ? `(${text})` : text} ${comparison} ${threshold}`
}
