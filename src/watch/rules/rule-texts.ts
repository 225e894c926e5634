import type { Condition, Rule, Unit } from './rule.ts'

/** Shows a measured value: `7.5 %`, `2.4 s`, `1.2 GB`. */
export function showValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'ratio':
      return `${rounded(value * 100)} %`
    case 'seconds':
      return value >= 120 ? `${rounded(value / 60)} min` : value < 1 ? `${rounded(value * 1000)} ms` : `${rounded(value)} s`
    case 'bytes':
      return value >= 1e9 ? `${rounded(value / 1e9)} GB` : `${rounded(value / 1e6)} MB`
    case 'days':
      return `${rounded(value)} days`
    case 'per second':
      return value >= 1 ? `${rounded(value)} a second` : `${rounded(value * 60)} a minute`
    case 'deviations':
      return `${rounded(value)} standard deviations`
    case 'count':
      // Increases are extrapolated to the whole window.
      return String(value > 0 ? Math.max(1, Math.round(value)) : 0)
  }
}

/** Shows a value of which the condition is not known: in its unit, if all have the same. */
export function showMeasured(value: number, conditions: readonly Pick<Condition, 'unit'>[]): string {
  const [unit, ...others] = new Set(conditions.map(({ unit }) => unit))
  return unit === undefined || others.length > 0 ? rounded(value) : showValue(value, unit)
}

/** Three significant digits, without an exponent. */
function rounded(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}

/** The description of an alert, with its value and labels. */
export function describeAlert(
  { description, conditions }: Pick<Rule, 'description' | 'conditions'>,
  {
    labels,
    value,
    condition,
  }: { readonly labels: Readonly<Record<string, string>>; readonly value: number; readonly condition: number },
): string {
  const { unit } = conditions[condition] ?? conditions[0]
  return description.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'value' ? showValue(value, unit) : (labels[name] ?? ''),
  )
}

/**
 * What `pellucid` is run with: `npx` in an npm project, `docker compose exec pellucid` in Compose,
 * `docker exec NAME` in another container, `kubectl exec deploy/NAME --` in a pod.
 */
export type CommandPrefix = string

/** For a server that may be down: nothing can be run in a container that has ended. */
const LAST_LINES = '`pellucid logs --limit 20`'

/** A text whose commands in backquotes begin as they must where they are run. */
export function withPrefix(text: string, prefix: CommandPrefix): string {
  return text.replaceAll(LAST_LINES, `\`${lastLines(prefix)}\``).replaceAll('`pellucid ', `\`${prefix} pellucid `)
}

function lastLines(prefix: CommandPrefix): string {
  const [, program, name] = /^(docker compose|docker|kubectl)(?: .*)? exec (?:-\S+ )*(\S+)/.exec(prefix) ?? []
  return program === undefined ? 'pellucid logs --limit 20' : `${program} logs --tail=20 ${name}`
}

const COMPARISONS = { '>': 'above', '>=': 'at least', '<': 'below', '==': 'equal to' } as const

/** When a rule fires, in words: `above 5 %, for 5 min`. */
export function describeLimits({ conditions, forS }: Pick<Rule, 'conditions' | 'forS'>): string {
  const limits = conditions.map(({ comparison, threshold, unit }) => `${COMPARISONS[comparison]} ${showValue(threshold, unit)}`)
  return `${[...new Set(limits)].join(', or ')}${forS === 0 ? '' : `, for ${showValue(forS, 'seconds')}`}`
}

/** `high_error_rate` as `High error rate`. */
export function titleOf({ id }: Pick<Rule, 'id'>): string {
  const words = id.replaceAll('_', ' ').replace('cpu', 'CPU')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
