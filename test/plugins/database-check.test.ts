import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import background from '../../plugins/background.ts'
import databaseCheck from '../../plugins/database-check.ts'
import { until } from '../worlds/until.ts'

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

t.test('a sound database passes', async t => {
  const dataDir = t.testdir()
  const database = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  database.exec('CREATE TABLE tea (leaves INTEGER)')
  database.close()
  t.match(await check(t, dataDir), { ok: true, detail: /no damage/ })
})

t.test('a check that cannot be done is no sound database', async t => {
  t.match(await check(t, t.testdir()), { ok: false, detail: /^the last check failed/ })
})
