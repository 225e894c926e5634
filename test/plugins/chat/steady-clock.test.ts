import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'

const HOUR_MS = 3_600_000

t.test('sessions and keys live on when the system clock is set back or ahead, also at a restart', async t => {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-clock-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const realNow = Date.now
  t.teardown(() => void Object.assign(Date, { now: realNow }))
  let setMs = 0
  Date.now = () => realNow() + setMs
  const start = async () => {
    const world = await buildAppWorld(t, { DATA_DIR: dir, LOG_DIR: join(dir, 'logs'), SESSION_IDLE_TIMEOUT_S: '1800' })
    await world.app.listen({ host: '127.0.0.1', port: 0 })
    return world
  }
  const jumps = (world: Awaited<ReturnType<typeof start>>) =>
    world
      .trail()
      .filter(({ event }) => event === 'clock_jumped')
      .map(({ jump_ms }) => Math.round(Number(jump_ms) / HOUR_MS))

  const first = await start()
  const key = { 'idempotency-key': 'k' }
  const { body } = await first.chat('hello', {}, key)
  const { session_id, turn_id } = body
  // The attack was: back for a turn, and then right again.
  for (const ms of [-HOUR_MS, 0, 48 * HOUR_MS, 0]) {
    setMs = ms
    t.equal((await first.chat('hello', { session_id })).status, 200, `${ms}`)
    t.equal((await first.chat('hello', {}, key)).body.turn_id, turn_id, 'the key is still known')
    const { expires_at } = (await first.call('GET', `/sessions/${session_id}`)).body
    const leftMs = Date.parse(expires_at) - Date.now()
    t.ok(leftMs > 1_700_000 && leftMs <= 1_800_000, 'times are those of the system clock')
  }
  await first.app.close()

  for (const [ms, expected] of [
    [-HOUR_MS, [-1]],
    [HOUR_MS, [-1, 2]],
  ] as const) {
    setMs = ms
    const world = await start()
    t.equal((await world.chat('hello', { session_id })).status, 200)
    await until(() => jumps(world).length === expected.length)
    t.same(jumps(world), expected)
    t.match(
      world.lines.filter(({ function: name }) => name === 'check_clock'),
      [{ level: 40, module: 'session_manager', msg: 'System clock jumped: idle times are not affected' }],
    )
    await world.app.close()
  }
})
