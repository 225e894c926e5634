import type { ActiveRule } from '../rules/active-rules.ts'
import { titleOf } from '../rules/rule-texts.ts'
import type { Transition } from './alert.ts'
import { type AlertDescription, describe } from './alert-notification.ts'
import type { AlertStore } from './alert-store.ts'

export type ListedAlert = AlertDescription & { readonly title: string; readonly silenced: boolean }

/** The alerts that fire or are pending, and the silences, as JSON. */
export function listAlerts(store: AlertStore, rules: readonly ActiveRule[], now: number) {
  const byId = new Map(rules.map(rule => [rule.id, rule]))
  const silences = store.silences(now)
  const alerts = store.list().flatMap((alert): ListedAlert[] => {
    const rule = byId.get(alert.rule)
    if (rule === undefined) return []
    const silenced = silences.some(({ rule: id }) => id === '*' || id === alert.rule)
    return [{ ...describe(rule, alert), title: titleOf(rule), silenced }]
  })
  return {
    alerts,
    silences: silences.map(({ id, rule, from, until, by, reason }) => ({
      id,
      rule,
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      by,
      reason,
    })),
  }
}

/** A change of an alert as JSON. */
export function describeTransition({ at, rule, labels, kind, severity, value, durationMs, detail }: Transition) {
  return {
    at: new Date(at).toISOString(),
    rule,
    labels,
    kind,
    ...(severity !== undefined && { severity }),
    ...(value !== undefined && { value }),
    ...(durationMs !== undefined && { duration_s: Math.round(durationMs / 1000) }),
    ...(detail !== undefined && { detail }),
  }
}
