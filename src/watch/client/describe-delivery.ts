import type { Check } from '../../health/readiness.ts'
import type { MonitoringState } from './thread-messages.ts'

/** Whether notifications arrive, for health checks. */
export function describeDelivery(state: MonitoringState | undefined): Check {
  const failures = Object.entries(state?.failures ?? {})
  const waiting = Object.values(state?.waiting ?? {}).reduce((sum, count) => sum + count, 0)
  if (failures.length === 0) return { ok: true, detail: waiting === 0 ? 'none waiting' : `${waiting} waiting` }
  return { ok: false, detail: `${waiting} waiting; ${failures.map(([channel, reason]) => `${channel}: ${reason}`).join('; ')}` }
}
