import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import background from '../../../plugins/edge/background.ts'
import databaseCheck from '../../../plugins/store/database-check.ts'
import { until } from '../../worlds/until.ts'

const HOUR_MS = 3_600_000

/** Starts a server whose check has ended, and returns its result. */
async function check(t: Test, dataDir: string) {
  const app = Fastify()
  app.register(background)
  app.register(databaseCheck, { config: { dataDir } })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  await until(() => app.databaseCheck.detail !== 'not checked yet')
  return app.databaseCheck
}

function createDatabase(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  database.exec('CREATE TABLE tea (leaves INTEGER)')
  database.close()
}

t.test('a sound database passes', async t => {
  const dataDir = t.testdir()
  createDatabase(dataDir)
  t.match(await check(t, dataDir), { ok: true, detail: /no damage/ })
})

t.test('a check that cannot be done is no sound database', async t => {
  t.match(await check(t, t.testdir()), { ok: false, detail: /^the last check failed/ })
})

t.test('a check that could not be done is done again after an hour, and one that was done is not', async t => {
  const dataDir = t.testdir()
  const { setTimeout } = globalThis
  let hours = 0
  /** An hour passes at once. */
  const pass = (run: () => void, ms: number) => {
    if (ms === HOUR_MS) hours++
    return setTimeout(run, ms === HOUR_MS ? 0 : ms)
  }
  t.intercept(globalThis, 'setTimeout', { value: pass })
  const databaseCheck = await check(t, dataDir)
  t.notOk(databaseCheck.ok)
  createDatabase(dataDir)
  await until(() => databaseCheck.ok)
  const { detail } = databaseCheck
  const before = hours
  await until(() => hours > before + 10)
  t.equal(databaseCheck.detail, detail)
})
