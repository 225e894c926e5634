import type { Severity } from '../rules/rule.ts'

/** What `monitoring.yaml` says, with defaults, and with its secrets read. */
export interface MonitoringConfig {
  readonly evaluationIntervalS: number
  readonly metrics: { readonly enabled: boolean; readonly maxMb: number }
  readonly alerts: {
    readonly enabled: boolean
    readonly responseTimeThreshold: number
    readonly errorRateThreshold: number
    readonly memoryThreshold: number
    readonly cpuThreshold: number
    /** Schedule such as `Mon 09:00 Europe/Berlin`; undefined for never. */
    readonly selfTest?: string
    /** By id. What is undefined has the value of the catalogue. */
    readonly rules: Readonly<Record<string, RuleSettings>>
  }
  readonly channels: {
    readonly email: {
      readonly enabled: boolean
      readonly recipients: readonly string[]
      readonly from?: string
      readonly smtpUrl?: string
      /** Whether new kinds of ERROR lines are sent, besides alerts. */
      readonly errorMails: boolean
    }
    readonly slack: { readonly enabled: boolean; readonly webhookUrl?: string }
    readonly webhook: { readonly enabled: boolean; readonly url?: string; readonly secretEnv?: string }
  }
  /** Shares from 0 to 1. */
  readonly objectives: { readonly availability: number; readonly fastReplies: number; readonly replyWithinS: number }
  readonly reports: { readonly daily?: string; readonly weekly?: string; readonly channels: readonly string[] }
  readonly retention: {
    readonly metricsDays: number
    readonly alertsDays: number
    /** Undefined if the file does not say. */
    readonly logsDays?: number
  }
}

export interface RuleSettings {
  readonly enabled?: boolean
  readonly threshold?: number
  readonly forS?: number
  readonly keepFiringS?: number
  readonly severity?: Severity
  readonly channels?: readonly string[]
}
