import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import type { AuditEntry, AuditEvent } from '../../../../src/audit/audit-events.ts'
import { createAuditRecorder } from '../../../../src/audit/writing/audit-recorder.ts'
import { createAuditWriter } from '../../../../src/audit/writing/audit-writer.ts'
import { UNREACHED_MS } from '../../../worlds/time-limits.ts'
import { createAuditWorld } from '../audit-world.ts'

/** A recorder with its thread, and a way to hold the lock as another process does. */
function createWorld(t: { teardown(fn: () => unknown): void }, lockTimeoutMs: number) {
  const world = createAuditWorld(t)
  const failures: (AuditEntry | undefined)[] = []
  const recoveries: number[] = []
  const recorder = createAuditRecorder({
    writer: createAuditWriter({
      dataDir: world.dataDir,
      logDir: world.logDir,
      lockTimeoutMs,
      now: () => world.nowMs,
      dayOf: ms => new Date(ms).toISOString().slice(0, 10),
      onFinding: finding => world.findings.push(finding),
    }),
    now: () => world.nowMs,
    onFailure: (_, entry) => failures.push(entry),
    onRecovery: written => recoveries.push(written),
  })
  t.teardown(recorder.close)
  function lock() {
    const other = new DatabaseSync(join(world.dataDir, 'audit-head.sqlite'))
    other.exec('BEGIN IMMEDIATE')
    return () => {
      other.exec('ROLLBACK')
      other.close()
    }
  }
  const record = (event: AuditEvent, facts = {}) => recorder.record({ event, actor: 'server', time: world.nowMs, facts })
  const events = () => world.records().map(({ event }) => event)
  return { world, recorder, record, lock, events, failures, recoveries }
}

t.test('while a record waits for the disk, the main thread runs; the records are on disk in order when they resolve', async t => {
  const { world, record, lock } = createWorld(t, UNREACHED_MS)
  await record('server_started')
  const unlock = lock()
  let settled = 0
  const waiting = Array.from({ length: 200 }, async (_, n) => {
    t.ok(await record('document_stored', { document_id: String(n) }))
    settled++
    t.ok(world.records().some(({ document_id }) => document_id === String(n)))
  })
  for (let turn = 0; turn < 1000; turn++) await nextTurn()
  t.equal(settled, 0, 'a thousand turns of the event loop, and none of its callers has gone on')
  unlock()
  await Promise.all(waiting)
  t.same(
    world.records().map(({ document_id }) => document_id),
    [undefined, ...Array.from({ length: 200 }, (_, n) => String(n))],
  )
})

t.test('records that cannot be written wait, required ones are refused; the first one after that succeeds', async t => {
  const { recorder, record, lock, events, failures, recoveries } = createWorld(t, 20)
  await record('server_started')
  const unlock = lock()
  for (let n = 0; n < 3; n++) t.notOk(await record('document_stored'))
  t.notOk(await record('log_level_changed'), 'a required event is refused')
  t.equal(failures.length, 4, 'each failure is reported')
  t.match(recorder.state, { failure: /locked/, waiting: 3 })
  await recorder.retry()
  t.equal(failures.at(-1), undefined, 'so is that of a retry')
  unlock()
  t.ok(await record('log_level_changed'))
  t.same(recorder.state, { failure: undefined, waiting: 0 })
  t.same(recoveries, [3])
  t.same(events(), ['server_started', ...Array(3).fill('document_stored'), 'log_level_changed'])
})

t.test('beyond a thousand waiting records the oldest are dropped and counted', async t => {
  const { recorder, record, lock, world } = createWorld(t, 1)
  await record('server_started')
  const unlock = lock()
  for (const [first, count] of [
    [0, 1000],
    [1000, 10],
  ] as const)
    await Promise.all(Array.from({ length: count }, (_, n) => record('document_stored', { document_id: String(first + n) })))
  t.equal(recorder.state.waiting, 1000)
  unlock()
  await recorder.retry()
  t.match(world.records()[1], { event: 'records_missed', missed: 10 })
  t.match(world.records()[2], { document_id: '10' })
  t.equal(world.records().length, 1002)
})

t.test('while the disk hangs, a thousand records wait; further ones are refused at once, or missed and counted', async t => {
  const { world, recorder, record, lock, failures } = createWorld(t, UNREACHED_MS)
  await record('server_started')
  const unlock = lock()
  const waiting = Array.from({ length: 1000 }, () => record('document_stored'))
  t.notOk(await record('log_level_changed'))
  t.notOk(await record('document_stored'))
  t.match(recorder.state, { failure: /1000 audit records wait/, waiting: 1000 })
  t.match(failures, [{ event: 'log_level_changed' }, { event: 'document_stored' }])
  unlock()
  t.ok((await Promise.all(waiting)).every(Boolean), 'those that waited are on disk')
  t.ok(await record('log_level_changed'))
  t.same(recorder.state, { failure: undefined, waiting: 0 })
  const missed = world.records().filter(({ event }) => event === 'records_missed')
  t.match(missed, [{ missed: 1 }])
  t.equal(world.records().length, 1 + 1000 + 1 + 1)
})

t.test('closing the recorder retries the waiting records once, and a retry finds that the trail is well again', async t => {
  const { world, recorder, record, recoveries } = createWorld(t, 20)
  mkdirSync(dirname(world.dir), { recursive: true })
  writeFileSync(world.dir, 'no folder')
  t.notOk(await record('log_level_changed'))
  t.match(recorder.state, { failure: /ENOTDIR|EEXIST/, waiting: 0 })
  await recorder.retry()
  t.ok(recorder.state.failure)
  t.notOk(await record('server_stopped'))
  rmSync(world.dir)
  await recorder.close()
  t.match(world.records(), [{ seq: 1, event: 'server_stopped' }])
  t.same(recoveries, [1])
})
