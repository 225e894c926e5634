import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { recordLastRun } from '../../../src/logging/retention/last-run.ts'
import { readRecordedPolicy } from '../../../src/logging/retention/recorded-policy.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'

/** Some time before the test began. */
const BEFORE_MS = performance.timeOrigin - 60_000
const HOUR_MS = 3_600_000
const LONG_AGO_S = Date.UTC(2020, 0, 1) / 1000

function createWorld(t: { teardown(fn: () => unknown): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-logging-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  async function start(settings: Record<string, string> = {}) {
    const world = await buildAppWorld(t, { LOG_DIR: dir, NODE_ENV: 'production', ...settings })
    await world.app.listen({ host: '127.0.0.1', port: 0 })
    return world
  }
  const put = (stream: string, day: string) => {
    mkdirSync(join(dir, stream), { recursive: true })
    const path = join(dir, stream, `${stream}.${day}.1.log`)
    writeFileSync(path, 'x'.repeat(1000))
    utimesSync(path, LONG_AGO_S, LONG_AGO_S)
    return path
  }
  return { dir, start, put }
}

const isOfRetention = ({ function: name }: Record<string, unknown>) => name === 'retain'

t.test('at start, files past their retention period are deleted, logged in one line and audited', async t => {
  const { dir, start, put } = createWorld(t)
  const old = put('debug', '2020-01-01')
  recordLastRun(dir, BEFORE_MS)
  const world = await start()
  await until(() => world.trail().some(({ event }) => event === 'retention_run'))
  t.notOk(existsSync(old))
  t.match(world.lines.filter(isOfRetention), [
    { module: 'logging', deleted: 1, compressed: 0, leftovers: 0, msg: 'Compressed and deleted old log files' },
  ])
  const events = world.trail()
  t.match(
    events.find(({ event }) => event === 'retention_run'),
    { deleted: 1, compressed: 0, failed: 0 },
  )
  t.equal(events[0]?.event, 'server_started', 'the start is recorded first')
})

t.test('files that are due only by a clock that may have jumped are kept; the log and the trail say so once', async t => {
  const { start, put } = createWorld(t)
  const old = put('debug', '2020-01-01')
  const world = await start()
  await until(() => world.trail().some(({ event }) => event === 'retention_held_off'))
  await world.app.close()
  t.ok(existsSync(old))
  t.match(world.lines.filter(isOfRetention), [
    { level: 40, files: 1, known_time: '2020-01-01T00:00:00.000Z', msg: /pellucid logs prune --yes$/ },
  ])
  t.match(
    world.trail().filter(({ event }) => String(event).startsWith('retention')),
    [{ event: 'retention_held_off', files: 1, known_time: '2020-01-01T00:00:00.000Z' }],
  )
})

t.test('files that are held off are deleted when the server has run for four days, whatever the clock says', async t => {
  const { setTimeout } = globalThis
  // An hour passes at once.
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, ms: number) => setTimeout(run, ms === HOUR_MS ? 0 : ms),
  })
  const { start, put } = createWorld(t)
  const old = put('debug', '2020-01-01')
  const world = await start()
  await until(() => world.trail().some(({ event }) => event === 'retention_held_off'))
  const now = performance.now.bind(performance)
  t.intercept(performance, 'now', { value: () => now() + 4 * 24 * HOUR_MS })
  await until(() => !existsSync(old))
  await until(() => world.trail().some(({ event }) => event === 'retention_run'))
})

t.test('a run that finds nothing to do is neither logged nor audited', async t => {
  const { start, put } = createWorld(t)
  put('error', new Date().toISOString().slice(0, 10))
  const world = await start()
  await world.app.close()
  t.same(world.lines.filter(isOfRetention), [])
  t.notOk(world.trail().some(({ event }) => event === 'retention_run'))
})

t.test('a restart replaces the recorded policy', async t => {
  const { dir, start } = createWorld(t)
  const first = await start({ LOG_RETENTION_DAYS_INFO: '5' })
  t.equal(readRecordedPolicy(dir)?.policy.keepDays.info, 5)
  await first.app.close()
  await start()
  t.equal(readRecordedPolicy(dir)?.policy.keepDays.info, 14)
})

t.test('a policy that cannot be recorded does not stop the server', async t => {
  const { dir, start } = createWorld(t)
  mkdirSync(join(dir, 'retention-policy.json'))
  const { lines } = await start()
  t.match(
    lines.filter(({ msg }) => msg === 'Retention policy not recorded'),
    [{ level: 40, module: 'logging', log_dir: dir, err: { code: 'EISDIR' } }],
  )
})

t.test(
  'a second server on the same LOG_DIR logs a warning and keeps the recorded policy',
  { skip: process.platform !== 'linux' },
  async t => {
    const { dir, start } = createWorld(t)
    await start({ LOG_RETENTION_DAYS_INFO: '5' })
    const { lines } = await start()
    t.match(
      lines.filter(({ function: name, module }) => name === 'start' && module === 'logging'),
      [{ level: 40, msg: /^LOG_DIR is shared with another server/ }],
    )
    t.equal(readRecordedPolicy(dir)?.policy.keepDays.info, 5)
  },
)
