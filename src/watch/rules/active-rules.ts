import type { MonitoringConfig } from '../configuration/monitoring-config.ts'
import type { Rule } from './rule.ts'

/** A rule with the settings of `monitoring.yaml`. */
export interface ActiveRule extends Rule {
  /** Channels that get its notifications; undefined for all that are enabled. */
  readonly channels?: readonly string[]
}

/** Applies settings to rules: threshold of the first condition, duration, severity and channels. */
export function activateRules(rules: readonly Rule[], { alerts }: Pick<MonitoringConfig, 'alerts'>): readonly ActiveRule[] {
  const general: Readonly<Record<string, number>> = {
    response_time_degradation: alerts.responseTimeThreshold,
    high_error_rate: alerts.errorRateThreshold,
    memory_exhaustion: alerts.memoryThreshold,
    high_cpu: alerts.cpuThreshold,
  }
  return rules.flatMap(rule => {
    const { enabled = true, threshold = general[rule.id], forS, keepFiringS, severity, channels } = alerts.rules[rule.id] ?? {}
    if (!enabled) return []
    const [first, ...others] = rule.conditions
    return {
      ...rule,
      conditions: [{ ...first, threshold: threshold ?? first.threshold }, ...others] as const,
      forS: forS ?? rule.forS,
      keepFiringS: keepFiringS ?? rule.keepFiringS,
      severity: severity ?? rule.severity,
      ...(channels !== undefined && { channels }),
    }
  })
}
