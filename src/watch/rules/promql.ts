import type { Expression } from '../series/expression.ts'
import type { Matcher } from '../series/series.ts'

/**
 * Labels that Prometheus adds to the series of a server. Sums keep them, so each server has alerts
 * of its own.
 */
const TARGET_LABELS = ['instance', 'job']

const OPERATORS = { divide: '/', subtract: '-', add: '+', multiply: '*' } as const

/** Writes an expression in PromQL. */
export function toPromql(expression: Expression): string {
  switch (expression.kind) {
    case 'latest':
      return expression.metric + selector(expression.matchers)
    case 'increase':
    case 'rate':
      return `${expression.kind}(${expression.metric}${selector(expression.matchers)}[${duration(expression.windowS)}])`
    case 'sum':
    case 'max':
      return `${expression.kind} by (${[...TARGET_LABELS, ...expression.by].join(', ')}) (${toPromql(expression.of)})`
    case 'quantile': {
      const { metric, windowS, by } = expression
      const labels = [...TARGET_LABELS, ...by, 'le'].join(', ')
      return `histogram_quantile(${expression.quantile}, sum by (${labels}) (rate(${metric}_bucket[${duration(windowS)}])))`
    }
    case 'divide':
    case 'subtract':
    case 'add':
    case 'multiply':
      return `${operand(expression.left)} ${OPERATORS[expression.kind]} ${operand(expression.right)}`
    case 'absolute':
      return `abs(${toPromql(expression.of)})`
    case 'number':
      return String(expression.value)
    case 'where':
      return `${operand(expression.left)} and ${operand(expression.right)} > 0`
    case 'past':
      return pastDays(expression)
  }
}

function operand(expression: Expression): string {
  const text = toPromql(expression)
  return /^(divide|subtract|add|multiply|where)$/.test(expression.kind) ? `(${text})` : text
}

function selector(matchers: readonly Matcher[]): string {
  return matchers.length === 0 ? '' : `{${matchers.map(({ label, op, value }) => `${label}${op}"${value}"`).join(', ')}}`
}

/** `300` as `5m`. */
function duration(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

/** A value for each day before, with a label for the day. */
function pastDays({ statistic, recording, days: count, enough }: Extract<Expression, { kind: 'past' }>): string {
  const days = Array.from({ length: count }, (_, i) => i + 1)
    .map(day => `label_replace(${recording} offset ${day}d, "day", "${day}", "", "")`)
    .join(' or ')
  const operator = statistic === 'mean' ? 'avg' : 'stddev'
  return `(${operator} without (day) (${days}) and count without (day) (${days}) >= ${enough})`
}
