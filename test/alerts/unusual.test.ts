import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MONITORING_MIGRATIONS } from '../../src/watch/composition/watch.ts'
import { maintainSeries } from '../../src/watch/series/downsample.ts'
import { openMonitoringDatabase } from '../../src/watch/series/monitoring-database.ts'
import { createSeriesStore } from '../../src/watch/series/series-store.ts'
import { until } from '../worlds/until.ts'
import { isFiring, now, openAlertWorld, rules } from './alert-world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Stores a week of calm days: a request every ten seconds, one in a thousand of which failed. */
function storeCalmWeek(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true })
  const { db } = openMonitoringDatabase(join(dataDir, 'monitoring.sqlite'), MONITORING_MIGRATIONS)
  const series = createSeriesStore(db, 'earlier')
  const present = Date.now()
  for (let day = 8; day >= 1; day--) {
    for (let minute = -90; minute <= 90; minute++) {
      const at = present - day * DAY + minute * MINUTE
      series.appendGauge('chatbot:requests:rate30m', [{ labels: {}, value: 0.1 }], at)
      series.appendGauge('chatbot:error_ratio:rate30m', [{ labels: {}, value: 0.001 }], at)
    }
    maintainSeries(db, { keptMs: 90 * DAY, maxBytes: 1e9 }, present - day * DAY + 91 * MINUTE)
  }
  db.close()
}

t.test('more requests and errors than on the days before fire traffic_unusual and error_rate_unusual', async t => {
  const settings = rules(now('traffic_unusual'), now('error_rate_unusual'))
  const { start, dataDir } = await openAlertWorld(t, settings, '', { DIAGNOSTIC_ROUTES: 'true' })
  storeCalmWeek(dataDir)
  const server = await start()
  const call = async (path: string, times: number) => {
    for (let i = 0; i < times; i++) await (await fetch(`${server.address}${path}`)).arrayBuffer()
  }
  await until(async () => {
    await call('/hello', 100)
    await call('/cause-error', 50)
    return (await isFiring(server, 'traffic_unusual')) && (await isFiring(server, 'error_rate_unusual'))
  })
  await until(async () => {
    await call('/hello', 500)
    return !(await isFiring(server, 'error_rate_unusual'))
  })
  t.pass('and the errors end when they are rare again')
})
