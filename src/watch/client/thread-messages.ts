import type { MonitoringConfig } from '../configuration/monitoring-config.ts'
import type { CommandPrefix } from '../rules/rule-texts.ts'

/** What the monitoring thread gets at its start. */
export interface MonitoringThreadData {
  readonly path: string
  readonly config: MonitoringConfig
  readonly logDir: string
  /** The variables that `secret_env` names. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly hostname: string
  readonly publicUrl: string
  readonly prefix: CommandPrefix
  readonly notifiesAlerts: boolean
  readonly process: string
}

/** What metrics and health checks show of the monitoring. */
export interface MonitoringState {
  /** Alerts that fire, by rule. */
  readonly firing: Readonly<Record<string, number>>
  /** Mean seconds from firing to resolved, by rule. */
  readonly timeToResolveS: Readonly<Record<string, number>>
  readonly waiting: Readonly<Record<string, number>>
  /** Since the start of the thread. */
  readonly delivered: Readonly<Record<string, number>>
  readonly failed: Readonly<Record<string, number>>
  /** The last failure of each channel that has something to send. */
  readonly failures: Readonly<Record<string, string>>
  readonly evaluationS: number
  readonly bytes: number
}

/** The series that the values of a snapshot are of. */
type Layout = readonly {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly labels: Readonly<Record<string, string>>
}[]

/** Values of all metrics. The layout is there if it differs from the last one. */
export interface Snapshot {
  readonly values: Float64Array<ArrayBuffer>
  readonly layout?: Layout
}

export interface HistoryRequest {
  readonly rule?: string
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly until?: number
  readonly limit: number
}

export type ThreadRequest =
  | ({ readonly kind: 'snapshot'; readonly at: number } & Snapshot)
  | { readonly kind: 'configure'; readonly config: MonitoringConfig; readonly environment: MonitoringThreadData['environment'] }
  | { readonly kind: 'list'; readonly id: number }
  | { readonly kind: 'history'; readonly id: number; readonly request: HistoryRequest }
  | { readonly kind: 'close' }

export type ThreadReply =
  | { readonly kind: 'stored' }
  | { readonly kind: 'state'; readonly state: MonitoringState }
  | {
      readonly kind: 'log'
      readonly level: 'info' | 'warn' | 'error'
      readonly facts: Readonly<Record<string, unknown>>
      readonly message: string
    }
  | { readonly kind: 'answer'; readonly id: number; readonly result?: unknown; readonly error?: string }
