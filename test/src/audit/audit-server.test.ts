import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import t from 'tap'
import { startServer } from '../../worlds/server-world.ts'
import { createProcessWorld } from './audit-process-world.ts'

t.test('a server whose folders belong to different trails does not start, and writes nothing to the trail', async t => {
  const { at, serve, records, pellucid } = createProcessWorld(t)
  const before = records()
  const cases: Record<string, string>[] = [{ DATA_DIR: at('missing') }, { LOG_DIR: at('missing-logs') }]
  for (const environment of cases) {
    const { code, err } = serve(environment)
    t.equal(code, 1)
    t.match(err, /^AUDIT_TRAIL_MISMATCH: /)
  }
  t.same(records(), before)
  t.notOk(existsSync(at('missing-logs')))
  t.match(pellucid('audit verify'), { code: 0 })
})

t.test('a start that fails because its port is in use is recorded as failed, and not as a start', async t => {
  const { serve, records } = createProcessWorld(t)
  const blocker = createServer()
  await new Promise<void>(resolve => blocker.listen(0, '127.0.0.1', resolve))
  t.teardown(() => blocker.close())
  const address = blocker.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  t.equal(serve({ PORT: String(port) }).code, 1)
  t.match(records().slice(1), [
    { event: 'server_start_failed', actor: 'server', code: 'EADDRINUSE', setting: 'PORT', version: /^\d/ },
  ])
})

t.test('the records of a server begin with its start and end with its stop', async t => {
  const { at, records } = createProcessWorld(t)
  const server = await startServer(t, {}, { dataDir: at('data'), logDir: at('logs') })
  t.equal(await server.stop(), 0)
  t.same(
    records().map(({ event }) => event),
    ['documents_ingested', 'server_started', 'server_stopped'],
  )
})

t.test("a fact does not replace the level or module of its line in 'audit show'", async t => {
  const { at, pellucid } = createProcessWorld(t)
  const server = await startServer(t, {}, { dataDir: at('data'), logDir: at('logs') })
  await fetch(`${server.address}/admin/log-level`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ level: 'ERROR', module: 'search', minutes: 5 }),
  })
  t.match(
    pellucid('audit show --event log_level_changed').out,
    /^\S+ \[INFO\] \[audit\] \[log_level_changed\] The log level was changed for a limited time\. seq=\d+ actor=loopback level=ERROR of_module=search .*minutes=5\n$/,
  )
  pellucid('logs --module search --level ERROR')
  t.match(pellucid('audit show --event logs_read').out, /^\S+ \[INFO\] \[audit\] \[logs_read\] .* module=search level=ERROR /)
})
