import t from 'tap'
import { renderCapacity, toWireRow } from '../../../src/cli/analyse/capacity-text.ts'
import { measureCapacity } from '../../../src/watch/reports/capacity.ts'
import { createMemoryReader } from '../watch/series/memory-reader.ts'

const HOUR = 3_600_000

/** What is shown of a disk that grows by a share an hour. */
function show(hours: number, growth: number): string {
  const points = (at: (hour: number) => number) =>
    Array.from({ length: hours + 1 }, (_, hour) => ({ t: hour * HOUR, v: at(hour) }))
  const series = createMemoryReader({
    disk_free_bytes: [{ labels: { volume: 'data' }, points: points(hour => 1000 * (0.9 - growth * hour)) }],
    disk_size_bytes: [{ labels: { volume: 'data' }, points: points(() => 1000) }],
  })
  const resources = measureCapacity(series, { from: 0, to: hours * HOUR }).map(toWireRow)
  return renderCapacity({ from: 'A', to: 'B', resources })
}

t.test('a resource is full by a day, or does not fill up; less than a day of metrics gives no forecast', async t => {
  t.match(show(48, 0.01), 'Disk of the data: 58.0 % in use, at most 58.0 %, full by 1970-01-04')
  t.match(show(48, 0), 'does not fill up within a year')
  t.match(show(5, 0.01), 'no forecast: metrics of a day are needed')
})
