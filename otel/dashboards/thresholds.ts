import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard'

/* Limits of the alert rules, drawn on the dashboards. */
export const RESPONSE_TIME_LIMIT_S = 2
export const ERROR_RATE_LIMIT = 0.05
export const MEMORY_LIMIT_RATIO = 0.85
export const CPU_LIMIT_RATIO = 0.8
export const QUEUE_LIMIT_MESSAGES = 100
export const DISK_FREE_LIMIT_RATIO = 0.15
export const TELEMETRY_AGE_LIMIT_S = 120
/** Delay above which requests get 503. Default of MAX_EVENT_LOOP_DELAY_MS. */
export const EVENT_LOOP_LIMIT_S = 1

/** Green at 0, red at 1 and above. */
export const NONE_IS_GOOD: readonly Threshold[] = [
  { value: null, color: 'green' },
  { value: 1, color: 'red' },
]

/** Green, yellow from the first value, red from the second. */
export function tooMuch(warnAt: number, limit: number): Threshold[] {
  return [
    { value: null, color: 'green' },
    { value: warnAt, color: 'yellow' },
    { value: limit, color: 'red' },
  ]
}

/** Red below the first value, yellow below the second, green above. */
export function tooLittle(limit: number, goodFrom: number): Threshold[] {
  return [
    { value: null, color: 'red' },
    { value: limit, color: 'yellow' },
    { value: goodFrom, color: 'green' },
  ]
}

/** Red above the limit: a dashed line in charts. */
export function limit(value: number): Threshold[] {
  return [
    { value: null, color: 'transparent' },
    { value, color: 'red' },
  ]
}
