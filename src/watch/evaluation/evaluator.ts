import type { ActiveRule } from '../rules/active-rules.ts'
import { type Condition, REPEAT_HOURS } from '../rules/rule.ts'
import type { Expression, Recording } from '../series/expression.ts'
import { type Alert, type AlertLabels, alertKey, type Silence, type Transition } from './alert.ts'
import { advance, type Holding } from './alert-states.ts'

/** One measured value and the labels that it is of. */
export interface Measured {
  readonly labels: AlertLabels
  readonly value: number
}

export interface EvaluatorOptions {
  /** Evaluates an expression at a time (ms since 1970). */
  readonly measure: (expression: Expression, at: number) => readonly Measured[]
  /** Keeps the value of a recording. */
  readonly record: (name: string, values: readonly Measured[], at: number) => void
  readonly store: {
    list(): readonly Alert[]
    save(alerts: readonly Alert[], transitions: readonly Transition[]): void
    silences(now: number): readonly Silence[]
  }
  /** Sends a notification about the alerts of one rule that began or ended to fire, or still do. */
  readonly notify: (rule: ActiveRule, kind: 'firing' | 'resolved', alerts: readonly Alert[], now: number) => void
}

/** The gauge that keeps what each rule measured, to review thresholds. */
export const MEASURE_SERIES = 'alert_measure'

const HOUR_MS = 3_600_000

/**
 * Evaluates rules: measures each, moves its alerts on, keeps them with their history, and notifies.
 * Alerts of a rule are notified together. A rule is not notified while it is silenced, or while
 * another rule fires that explains it.
 */
export function createEvaluator({ measure, record, store, notify }: EvaluatorOptions) {
  /** Rules that could not be measured, so that each failure is reported once. */
  const failing = new Map<string, string>()
  let isFirst = true

  /** What meets a condition of a rule, and the worst value of its first one. */
  function measureRule(rule: ActiveRule, now: number): { readonly holding: Holding[]; readonly worst: number | undefined } {
    const measured = rule.conditions.map(condition => measure(condition.measure, now))
    const values = measured[0]?.map(({ value }) => value) ?? []
    const isAbove = rule.conditions[0].comparison.startsWith('>')
    return {
      holding: rule.conditions.flatMap((condition, index) =>
        (measured[index] ?? [])
          .filter(({ value }) => meets(value, condition))
          .map(({ labels, value }) => ({ labels, value, condition: index })),
      ),
      worst: values.length === 0 ? undefined : isAbove ? Math.max(...values) : Math.min(...values),
    }
  }

  return {
    /**
     * Evaluates all rules once. Returns those that could not be evaluated since this call, with
     * the reason; their alerts stay as they are. What happened while the server was down is not
     * known: the time in which a condition must not hold begins with the first call.
     */
    evaluate(
      rules: readonly ActiveRule[],
      recordings: readonly Recording[],
      now: number,
    ): readonly [rule: string, error: unknown][] {
      for (const { name, of } of recordings) record(name, measure(of, now), now)
      const before = Map.groupBy(store.list(), ({ rule }) => rule)
      const silences = store.silences(now)
      const alerts: Alert[] = []
      const transitions: Transition[] = []
      const errors: [string, unknown][] = []
      const measures: Measured[] = []
      for (const rule of rules) {
        const stored = before.get(rule.id) ?? []
        const own = isFirst ? stored.map(alert => ({ ...alert, heldAt: now })) : stored
        try {
          const { holding, worst } = measureRule(rule, now)
          if (worst !== undefined) measures.push({ labels: { rule: rule.id }, value: worst })
          const next = advance(rule, own, holding, now)
          alerts.push(...next.alerts)
          transitions.push(...next.transitions)
          failing.delete(rule.id)
        } catch (error) {
          alerts.push(...own)
          if (failing.get(rule.id) !== String(error)) errors.push([rule.id, error])
          failing.set(rule.id, String(error))
        }
      }
      for (const alert of [...before].flatMap(([id, own]) => (rules.some(rule => rule.id === id) ? [] : own)))
        if (alert.phase === 'firing') transitions.push(endWithRule(alert, now))
      const firing = new Set(alerts.filter(({ phase }) => phase === 'firing').map(({ rule }) => rule))
      for (const rule of rules) announce(rule, alerts, transitions, { now, silences, firing, before: before.get(rule.id) ?? [] })
      store.save(alerts, transitions)
      record(MEASURE_SERIES, measures, now)
      isFirst = false
      return errors
    },
  }

  /** Notifies of a rule's alerts, and marks in `alerts` those that were notified. */
  function announce(
    rule: ActiveRule,
    alerts: Alert[],
    transitions: Transition[],
    {
      now,
      silences,
      firing,
      before,
    }: { now: number; silences: readonly Silence[]; firing: ReadonlySet<string>; before: readonly Alert[] },
  ): void {
    const isDue = ({ rule: id, phase, notifiedAt }: Alert) =>
      id === rule.id &&
      phase === 'firing' &&
      (notifiedAt === undefined || now - notifiedAt >= REPEAT_HOURS[rule.severity] * HOUR_MS)
    const due = alerts.filter(isDue)
    const silence = silences.find(({ rule: id, from }) => from <= now && (id === '*' || id === rule.id))
    const isExplained = (rule.explainedBy ?? []).some(id => firing.has(id))
    if (due.length > 0 && silence === undefined && !isExplained) {
      notify(rule, 'firing', due, now)
      const keys = new Set(due.map(alertKey))
      for (const [i, alert] of alerts.entries()) if (keys.has(alertKey(alert))) alerts[i] = { ...alert, notifiedAt: now }
    }
    if (silence !== undefined)
      for (const { kind, ...transition } of transitions.filter(({ kind, rule: id }) => id === rule.id && kind === 'firing'))
        transitions.push({ ...transition, kind: 'silenced', detail: silence.id })
    const resolved = new Set(transitions.filter(({ kind, rule: id }) => kind === 'resolved' && id === rule.id).map(alertKey))
    // Only what was notified: operators do not wait for the end of the others.
    const ended = before.filter(alert => resolved.has(alertKey(alert)) && alert.notifiedAt !== undefined)
    if (ended.length > 0) notify(rule, 'resolved', ended, now)
  }
}

/** The end of an alert whose rule was disabled while it fired. It has no duration. */
function endWithRule({ rule, labels, value }: Alert, now: number): Transition {
  return { at: now, rule, labels, kind: 'resolved', value, detail: 'rule disabled' }
}

function meets(value: number, { comparison, threshold }: Condition): boolean {
  switch (comparison) {
    case '>':
      return value > threshold
    case '>=':
      return value >= threshold
    case '<':
      return value < threshold
    case '==':
      return value === threshold
  }
}
