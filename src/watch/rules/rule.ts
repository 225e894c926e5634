import type { Expression } from '../series/expression.ts'

export type Severity = 'critical' | 'warning'

/** Hours after which an alert that still fires is notified again. */
export const REPEAT_HOURS: Readonly<Record<Severity, number>> = { critical: 1, warning: 4 }

/** The unit of a measured value, for texts. */
export type Unit = 'ratio' | 'seconds' | 'bytes' | 'days' | 'per second' | 'count' | 'deviations'

/** A limit on what is measured. */
export interface Condition {
  readonly measure: Expression
  readonly comparison: '>' | '>=' | '<' | '=='
  readonly threshold: number
  readonly unit: Unit
}

/** An alert rule: when it fires, and what its reader needs to know. */
export interface Rule {
  /** Its name in `monitoring.yaml`, in snake_case. */
  readonly id: string
  /** Its name in Prometheus and in notifications, such as `HighErrorRate`. */
  readonly alert: string
  readonly severity: Severity
  /** Seconds for which a condition must hold. */
  readonly forS: number
  /** Seconds for which no condition may hold before the alert is resolved. */
  readonly keepFiringS: number
  /** The alert fires if one of them holds. `threshold` of `monitoring.yaml` sets the first. */
  readonly conditions: readonly [Condition, ...Condition[]]
  /** Who can evaluate it: only Prometheus has metrics of the collector, and sees a dead server. */
  readonly evaluatedBy: 'both' | 'prometheus'
  /** Rules that explain it: while one of them fires, this one is not notified. */
  readonly explainedBy?: readonly string[]
  /** One line, without values. */
  readonly summary: string
  /** With `{value}` and labels such as `{endpoint}`. */
  readonly description: string
  /** What users of the chatbot notice. */
  readonly users: string
  /** Where to look first: a sentence, with commands as `pellucid …` in backquotes. */
  readonly action: string
  /** The page and section of the manual that says more. */
  readonly page: string
}

/** The usual rule: fires after five minutes, and ends after two without its condition. */
export function rule(
  definition: Omit<Rule, 'alert' | 'keepFiringS' | 'evaluatedBy' | 'forS'> &
    Partial<Pick<Rule, 'forS' | 'keepFiringS' | 'evaluatedBy'>>,
): Rule {
  const alert = definition.id.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
  return { forS: 300, keepFiringS: 120, evaluatedBy: 'both', ...definition, alert }
}
