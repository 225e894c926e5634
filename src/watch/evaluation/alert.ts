import type { Severity } from '../rules/rule.ts'

/** Values of the labels that tell the alerts of one rule apart; often none. */
export type AlertLabels = Readonly<Record<string, string>>

/** A condition that holds now, or has held until recently. */
export interface Alert {
  readonly rule: string
  readonly labels: AlertLabels
  /** `pending` until it has held for the time of the rule. */
  readonly phase: 'pending' | 'firing'
  /** When the condition began to hold. Milliseconds since 1970, as all times here. */
  readonly startedAt: number
  /** When it began to fire. */
  readonly firedAt?: number
  /** When the condition held last. */
  readonly heldAt: number
  /** What was measured then, and which condition of the rule it met. */
  readonly value: number
  readonly condition: number
  /** When a notification was sent last; undefined if none was. */
  readonly notifiedAt?: number
}

export type TransitionKind = 'pending' | 'ended' | 'firing' | 'resolved' | 'silenced' | 'delivered' | 'failed'

/** A change of an alert, as its history keeps it. */
export interface Transition {
  readonly at: number
  readonly rule: string
  readonly labels: AlertLabels
  readonly kind: TransitionKind
  readonly severity?: Severity
  readonly value?: number
  /** Of `resolved`: milliseconds since it began to fire. */
  readonly durationMs?: number
  /**
   * Of `delivered` and `failed`: the channel. Of `silenced`: the id of the silence. Of `resolved`:
   * that the rule was disabled.
   */
  readonly detail?: string
}

/** Alerts of a rule, or of all, that are not notified for a while. */
export interface Silence {
  readonly id: string
  /** `*` for all rules. */
  readonly rule: string
  readonly from: number
  readonly until: number
  readonly by: string
  readonly reason: string
}

/** The key of an alert: rule and labels. */
export function alertKey({ rule, labels }: Pick<Alert, 'rule' | 'labels'>): string {
  return `${rule} ${labelsText(labels)}`
}

/** Labels as JSON, in the order of their names. */
export function labelsText(labels: AlertLabels): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))))
}
