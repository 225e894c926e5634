import { METRICS } from '../metrics.ts'
import { observe, observeAll } from '../recording.ts'

/** What the monitoring says of itself. */
export interface AlertReadings {
  readonly firing: Readonly<Record<string, number>>
  readonly timeToResolveS: Readonly<Record<string, number>>
  readonly waiting: Readonly<Record<string, number>>
  readonly delivered: Readonly<Record<string, number>>
  readonly failed: Readonly<Record<string, number>>
  readonly evaluationS: number
  readonly bytes: number
}

const CHANNELS = METRICS.notifications_waiting.labels.channel

/** Observes alerts and notifications, until the returned function is called. */
export function observeAlerts(read: () => AlertReadings | undefined, rules: readonly string[]): () => void {
  return observeAll([
    ...rules.flatMap(rule => [
      observe('alerts_firing', () => read() && (read()?.firing[rule] ?? 0), { rule }),
      observe('alert_time_to_resolve_seconds', () => read()?.timeToResolveS[rule], { rule }),
    ]),
    ...CHANNELS.flatMap(channel => [
      observe('notifications_waiting', () => read() && (read()?.waiting[channel] ?? 0), { channel }),
      observe('notifications_delivered_total', () => read()?.delivered[channel] ?? 0, { channel }),
      observe('notification_failures_total', () => read()?.failed[channel] ?? 0, { channel }),
    ]),
    observe('monitoring_evaluation_seconds', () => read()?.evaluationS),
    observe('monitoring_bytes', () => read()?.bytes),
  ])
}
