import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { cacheReading } from '../../otel/metrics/cached-reading.ts'
import { readDisk } from '../../otel/metrics/disk-metrics.ts'
import { until } from '../worlds/until.ts'

/** A reading that resolves on demand. */
function createReading() {
  const pending: PromiseWithResolvers<number>[] = []
  const read = () => {
    const reading = Promise.withResolvers<number>()
    pending.push(reading)
    return reading.promise
  }
  return { pending, read }
}

t.test('a reading that hangs is not started again', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const { pending, read } = createReading()
  const look = cacheReading(read, 0, 1000)
  const asked = [look(), look()]
  const refused = asked.map(reading => t.rejects(reading, { message: 'no value within the timeout' }))
  mock.timers.tick(1000)
  await Promise.all(refused)
  await t.rejects(look(), { message: 'no value within the timeout' }, 'later calls reject at once')
  t.equal(pending.length, 1)
  pending[0]?.resolve(7)
  await setImmediate()
  const begun = performance.now()
  await until(() => performance.now() > begun)
  const next = look()
  t.equal(pending.length, 2, 'a new reading starts once the old one resolves')
  pending[1]?.resolve(8)
  t.equal(await next, 8)
})

t.test('the age of a reading counts from when it resolved', async t => {
  const { pending, read } = createReading()
  const look = cacheReading(read, 60_000)
  const asked = [look(), look()]
  pending[0]?.resolve(7)
  t.same(await Promise.all([...asked, look()]), [7, 7, 7])
  t.equal(pending.length, 1)
})

t.test('a failed reading starts again after its lifetime', async t => {
  let readings = 0
  const look = cacheReading(async () => {
    readings += 1
    if (readings === 1) throw new Error('unavailable')
    return readings
  }, 0)
  await t.rejects(look(), { message: 'unavailable' })
  const begun = performance.now()
  await until(() => performance.now() > begun)
  t.equal(await look(), 2)
})

t.test('disk space is that of the file system, and a missing folder rejects', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-disk-'))
  const { freeBytes, sizeBytes } = await readDisk(folder)
  t.ok(freeBytes > 0 && sizeBytes >= freeBytes)
  rmSync(folder, { recursive: true })
  await t.rejects(readDisk(join(folder, 'gone')), { code: 'ENOENT' })
})
