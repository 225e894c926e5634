import { mock } from 'node:test'
import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

t.test('an override expires after its minutes; the change and the expiry are audited', async t => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 15, 10) })
  t.teardown(() => mock.timers.reset())
  const world = await buildAppWorld(t)
  const { logger } = world
  const put = (body: object) => world.call('PUT', '/admin/log-level', body, world.asAdmin)
  t.match(await put({ level: 'WARNING', minutes: 30 }), {
    status: 200,
    body: { level: 'INFO', overrides: [{ level: 'WARNING', until: '2026-01-15T10:30:00.000Z' }] },
  })
  t.equal(logger.level, 'warn')
  await put({ level: 'DEBUG', module: 'chat', minutes: 10 })
  t.equal(logger.level, 'debug')
  mock.timers.tick(10 * 60_000)
  t.equal(logger.level, 'warn')
  mock.timers.tick(20 * 60_000 - 1)
  t.equal((await world.call('GET', '/admin/log-level', undefined, world.asAdmin)).body.overrides.length, 1)
  mock.timers.tick(1)
  t.equal(logger.level, 'info')
  t.same((await world.call('GET', '/admin/log-level', undefined, world.asAdmin)).body, { level: 'INFO', overrides: [] })
  const records = () => world.trail().filter(({ event }) => String(event).startsWith('log_level'))
  // The timers of `until` are mocked as well.
  while (records().length < 4) await new Promise(resolve => setImmediate(resolve))
  t.match(records(), [
    { event: 'log_level_changed', actor: 'key:machine', level: 'WARNING', minutes: 30 },
    { event: 'log_level_changed', level: 'DEBUG', of_module: 'chat' },
    { event: 'log_level_fell_back', actor: 'server', of_module: 'chat' },
    { event: 'log_level_fell_back', level: 'WARNING' },
  ])
})

t.test('an invalid change is refused with the name of the field, and so is the 101st override', async t => {
  const world = await buildAppWorld(t)
  const put = (body: object) => world.call('PUT', '/admin/log-level', body, world.asAdmin)
  t.match(await put({ level: 'LOUD', minutes: 1 }), { status: 400, body: { message: /level must be one of DEBUG, INFO/ } })
  for (const minutes of [0, 1441, 1.5, '5']) t.equal((await put({ level: 'DEBUG', minutes })).status, 400)
  t.match(await put({ level: 'DEBUG', minutes: 1, modul: 'x' }), { status: 400, body: { message: /unknown field "modul"/ } })
  const modules = Array.from({ length: 100 }, (_, n) => `m${'_'.repeat(n % 10)}${'x'.repeat(n / 10)}`)
  for (const module of modules) t.equal((await put({ level: 'DEBUG', module, minutes: 1 })).status, 200)
  t.match(await put({ level: 'DEBUG', minutes: 1 }), { status: 400, body: { message: /Too many/ } })
  t.equal((await put({ level: 'INFO', module: 'm___', minutes: 1 })).status, 200, 'a change in force can be replaced')
})

t.test('free text as the module of an override is refused and not audited', async t => {
  const world = await buildAppWorld(t)
  const put = (scope: object) => world.call('PUT', '/admin/log-level', { level: 'DEBUG', minutes: 1, ...scope }, world.asAdmin)
  for (const module of ['04 11 20 32 41', 'chat room', 'Chat', 'm7'])
    t.match(await put({ module }), {
      status: 400,
      body: { code: 'VALIDATION_ERROR', message: /module must be the name of a module/ },
    })
  t.equal((await put({ module: 'log_level' })).status, 200)
  const changed = world.trail().filter(({ event }) => event === 'log_level_changed')
  t.match(changed, [{ of_module: 'log_level' }])
  t.equal(changed.length, 1)
})
