import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import t from 'tap'
import { createProcessWorld } from './audit-process-world.ts'

t.test('a server whose folders belong to different trails does not start, and writes nothing to the trail', async t => {
  const { at, serve, records } = createProcessWorld(t)
  const before = records()
  const { code, err } = serve({ LOG_DIR: at('missing-logs') })
  t.equal(code, 1)
  t.match(err, /^AUDIT_TRAIL_MISMATCH: LOG_DIR ".*missing-logs" holds no audit trail/)
  t.same(records(), before)
  t.notOk(existsSync(at('missing-logs')))
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
