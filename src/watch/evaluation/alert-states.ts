import type { Rule } from '../rules/rule.ts'
import { type Alert, type AlertLabels, alertKey, type Transition } from './alert.ts'

/** A measured value that meets a condition of a rule. */
export interface Holding {
  readonly labels: AlertLabels
  readonly value: number
  readonly condition: number
}

/**
 * Moves the alerts of a rule on to a time: a condition that holds starts one; it fires when it has
 * held for `forS`, and ends when it has not held for `keepFiringS`. Pending alerts end at once, as
 * in Prometheus.
 */
export function advance(
  rule: Pick<Rule, 'id' | 'forS' | 'keepFiringS' | 'severity'>,
  before: readonly Alert[],
  holding: readonly Holding[],
  now: number,
): { readonly alerts: readonly Alert[]; readonly transitions: readonly Transition[] } {
  const known = new Map(before.map(alert => [alertKey(alert), alert]))
  const alerts: Alert[] = []
  const transitions: Transition[] = []
  const add = (kind: Transition['kind'], { labels, value }: Pick<Alert, 'labels' | 'value'>, more: Partial<Transition> = {}) =>
    transitions.push({ at: now, rule: rule.id, labels, kind, severity: rule.severity, value, ...more })

  // The first condition that holds for the same labels counts.
  const unique = new Map(holding.toReversed().map(held => [alertKey({ rule: rule.id, labels: held.labels }), held]))
  for (const [key, { labels, value, condition }] of unique) {
    const alert = known.get(key) ?? { rule: rule.id, labels, phase: 'pending', startedAt: now }
    known.delete(key)
    const fires = alert.phase === 'pending' && now - alert.startedAt >= rule.forS * 1000
    if (alert.phase === 'pending' && alert.startedAt === now && !fires) add('pending', { labels, value })
    if (fires) add('firing', { labels, value })
    alerts.push({ ...alert, heldAt: now, value, condition, ...(fires && { phase: 'firing', firedAt: now }) })
  }
  for (const alert of known.values()) {
    if (alert.phase === 'pending') add('ended', alert)
    else if (now - alert.heldAt < rule.keepFiringS * 1000) alerts.push(alert)
    else add('resolved', alert, { durationMs: now - (alert.firedAt ?? alert.startedAt) })
  }
  return { alerts, transitions }
}
