import { METRICS } from '../metrics.ts'
import { observe, observeAll } from '../recording.ts'
import { cacheReading } from './cached-reading.ts'

const CHECKS = METRICS.health_check_up.labels.check
type Check = (typeof CHECKS)[number]

const READING_TTL_MS = 1000

/** Observes the checks of readiness, until the returned function is called. */
export function observeHealth(read: () => Promise<{ readonly checks: Readonly<Record<Check, { readonly ok: boolean }>> }>) {
  const reading = cacheReading(read, READING_TTL_MS)
  return observeAll(
    CHECKS.map(check => observe('health_check_up', async () => ((await reading()).checks[check].ok ? 1 : 0), { check })),
  )
}
