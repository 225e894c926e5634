import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

t.test('with WATCH=off the server starts without a thread and a database for it, and reports that', async t => {
  const world = await buildAppWorld(t, { WATCH: 'off' })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  t.equal(world.app.monitoring.thread, undefined)
  t.equal((await world.chat('hello')).status, 200)
  t.match(await world.call('GET', '/admin/alerts', undefined, world.asAdmin), { status: 404, body: { code: 'MONITORING_OFF' } })
  t.match(await world.call('GET', '/admin/analysis/capacity', undefined, world.asAdmin), {
    status: 404,
    body: { code: 'MONITORING_OFF' },
  })
  t.equal((await world.call('GET', '/admin/analysis/errors', undefined, world.asAdmin)).status, 200)
  t.equal((await world.call('GET', '/health/ready')).status, 200)
  t.notOk(existsSync(join(world.dataDir, 'monitoring.sqlite')))
})
