import type { Notification } from '../channels/notification.ts'
import type { ActiveRule } from '../rules/active-rules.ts'
import { type CommandPrefix, describeAlert, showValue, titleOf, withPrefix } from '../rules/rule-texts.ts'
import { type Alert, alertKey } from './alert.ts'

export interface NotificationContext {
  readonly prefix: CommandPrefix
  /** Where the pages of the rules are; undefined if that server may be down. */
  readonly publicUrl?: string
  /** Which server it is: the name of its host. */
  readonly hostname: string
}

/** The message about alerts of one rule that fire, or are resolved. */
export function notifyOf(
  rule: ActiveRule,
  kind: 'firing' | 'resolved',
  alerts: readonly Alert[],
  now: number,
  { prefix, publicUrl, hostname }: NotificationContext,
): Notification {
  const [first] = alerts
  const isOver = kind === 'resolved'
  return {
    // The same for a repeated attempt, another for each reminder.
    id: `${kind}-${rule.id}-${now}`,
    kind: isOver ? 'resolved' : 'alert',
    severity: rule.severity,
    title: titleOf(rule),
    summary: isOver ? `It fired for ${spanOf(now - (first?.firedAt ?? now))}` : rule.summary,
    facts: [
      ['Server', hostname],
      ['Severity', rule.severity],
      ...(first === undefined
        ? []
        : [[isOver ? 'Fired at' : 'Since', timeOf(isOver ? (first.firedAt ?? first.startedAt) : first.startedAt)] as const]),
    ],
    text: isOver
      ? []
      : [
          alerts.map(alert => describeAlert(rule, alert)).join('\n'),
          `What users notice: ${rule.users}`,
          `What to do: ${withPrefix(rule.action, prefix)}`,
        ],
    links: publicUrl === undefined ? [] : [[`About ${titleOf(rule)}`, `${publicUrl}/runbooks/${rule.id}`]],
    alerts: alerts.map(alert => describe(rule, alert, isOver ? now : undefined)),
    createdAtMs: now,
  }
}

/** An alert as JSON, for programs. */
export function describe(rule: ActiveRule, alert: Alert, endedAt?: number) {
  const condition = rule.conditions[alert.condition] ?? rule.conditions[0]
  return {
    id: alertKey(alert),
    rule: rule.id,
    severity: rule.severity,
    labels: alert.labels,
    phase: endedAt === undefined ? alert.phase : ('resolved' as const),
    value: alert.value,
    threshold: condition.threshold,
    comparison: condition.comparison,
    unit: condition.unit,
    shown: showValue(alert.value, condition.unit),
    description: describeAlert(rule, alert),
    started_at: timeOf(alert.startedAt),
    ...(alert.firedAt !== undefined && { fired_at: timeOf(alert.firedAt) }),
    ...(endedAt !== undefined && { ended_at: timeOf(endedAt) }),
  }
}

/** An alert as `describe` gives it. */
export type AlertDescription = ReturnType<typeof describe>

function timeOf(at: number): string {
  return new Date(at).toISOString()
}

/** `95 s`, `12 min`, `3 h`. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
