import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { AuditEntry, AuditEvent } from '../../../src/audit/audit-events.ts'
import { createAuditRecorder } from '../../../src/audit/audit-recorder.ts'
import { openAuditTrail } from '../../../src/audit/audit-trail.ts'
import { createAuditWorld } from './audit-world.ts'

t.test('while another process holds the lock, only the first record waits for it; the others wait for the retry', async t => {
  const world = createAuditWorld(t)
  world.append(world.open())
  const other = new DatabaseSync(join(world.dataDir, 'audit-head.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  let opened = 0
  const failures: (AuditEntry | undefined)[] = []
  const recoveries: number[] = []
  const recorder = createAuditRecorder({
    now: () => world.nowMs,
    open() {
      opened++
      return openAuditTrail({
        dataDir: world.dataDir,
        logDir: world.logDir,
        writer: 'server',
        now: () => world.nowMs,
        lockTimeoutMs: 20,
      })
    },
    onFailure: (_, entry) => failures.push(entry),
    onRecovery: written => recoveries.push(written),
  })
  const record = (event: AuditEvent) => recorder.record({ event, actor: 'server', time: world.nowMs })
  for (let n = 0; n < 3; n++) t.notOk(record('document_stored'))
  t.notOk(record('log_level_changed'), 'a required event is refused')
  t.equal(opened, 1)
  t.equal(failures.length, 4, 'each failure is reported')
  t.match(recorder.state, { failure: /locked/, waiting: 3 })
  recorder.retry()
  t.equal(opened, 2)

  other.exec('ROLLBACK')
  other.close()
  t.notOk(record('document_removed'))
  recorder.retry()
  t.same(recorder.state, { failure: undefined, waiting: 0 })
  t.same(recoveries, [4])
  t.ok(record('log_level_changed'))
  t.same(
    world.records().map(({ event }) => event),
    [...Array(4).fill('document_stored'), 'document_removed', 'log_level_changed'],
  )
  recorder.close()
})

t.test('closing the recorder retries the waiting records once', async t => {
  const world = createAuditWorld(t)
  let isBroken = true
  const recorder = createAuditRecorder({
    now: () => world.nowMs,
    open() {
      if (isBroken) throw new Error('no disk')
      return openAuditTrail({ dataDir: world.dataDir, logDir: world.logDir, writer: 'server', now: () => world.nowMs })
    },
    onFailure: () => undefined,
    onRecovery: () => undefined,
  })
  recorder.record({ event: 'server_stopped', actor: 'server', time: world.nowMs })
  isBroken = false
  recorder.close()
  t.match(world.records(), [{ seq: 1, event: 'server_stopped' }])
})
