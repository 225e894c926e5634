import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import t from 'tap'
import { openDatabase } from '../../../../src/database/database-manager.ts'
import { migrate } from '../../../../src/database/migrate.ts'
import { createSql } from '../../../../src/database/sql.ts'
import { toNewRow } from '../../../../src/database/turn-rows.ts'
import { commitBatch, type WriteCall } from '../../../../src/database/writer/write-batch.ts'
import { createWriteQueue } from '../../../../src/database/writer/write-queue.ts'
import { startWriter } from '../../../../src/database/writer/writer.ts'
import { NO_LIMITS, recordLog, sessionOf, turnOf } from '../world.ts'

const open = (id: string): WriteCall => ({ name: 'openSession', params: { session: sessionOf(id), limits: NO_LIMITS } })

t.test('a writer thread that exits fails the queued writes and is restarted', async t => {
  const path = join(t.testdir(), 'pellucid.db')
  await openDatabase({ path }).close()
  const threads: Worker[] = []
  const { log, lines } = recordLog()
  const queue = createWriteQueue({
    startWriter() {
      const thread = startWriter(path)
      threads.push(thread)
      return thread
    },
    log,
    now: () => performance.now(),
    slowQueryMs: 1000,
    maxWaitingWrites: 10,
    idsOf: () => undefined,
  })
  await queue.write(open('a'))

  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const lost = [queue.write(open('b')), queue.write(open('c')), queue.write(open('d'))]
  const outcomes = Promise.allSettled(lost)
  await threads[0]?.terminate()
  for (const outcome of await outcomes)
    t.match(outcome, { status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE', retryAfterS: 1 } })
  t.match(queue.state, { writer: 'restarting', waitingWrites: 0 })

  other.exec('ROLLBACK')
  await queue.write(open('e'))
  t.match(queue.state, { writer: 'running' })
  t.equal(threads.length, 2)
  t.match(
    lines.filter(({ level }) => level === 'error'),
    [
      { message: 'Database writer exited', facts: { restart_in_ms: 100 } },
      { message: 'Database writes failed', facts: { rows: 3 } },
    ],
  )
  const ids = other.prepare('SELECT id FROM sessions ORDER BY id').all()
  t.same(
    ids.map(({ id }) => id),
    ['a', 'e'],
  )
  other.close()
  await queue.close()
})

t.test('a writer thread that keeps exiting is restarted after growing delays, and closing does not wait for it', async t => {
  const { log, lines } = recordLog()
  const queue = createWriteQueue({
    startWriter: () => startWriter(join(t.testdirName, 'missing', 'pellucid.db')),
    log,
    now: () => performance.now(),
    slowQueryMs: 1000,
    maxWaitingWrites: 10,
    idsOf: () => undefined,
  })
  for (const id of ['a', 'b', 'c']) await t.rejects(queue.write(open(id)), { code: 'DATABASE_UNAVAILABLE' })
  await queue.close()
  const delays = lines.filter(({ message }) => message === 'Database writer exited').map(({ facts }) => facts.restart_in_ms)
  t.same(delays, [100, 200, 400])
  t.ok(lines.some(({ message, facts }) => message === 'Database writer failed' && /unable to open/.test(String(facts.err))))
})

t.test('a full disk fails the whole batch; smaller writes are still stored, and all writes once space is free', async t => {
  const db = new DatabaseSync(':memory:')
  migrate(db)
  const sql = createSql(db)
  const commit = (...calls: WriteCall[]) => commitBatch(db, sql, calls, () => 0).outcomes
  const append = (turnId: string, message: string): WriteCall => ({
    name: 'appendTurn',
    params: { row: toNewRow(turnOf('s', turnId, { message })), activeAt: 2000, sessionExpiresAt: 9000 },
  })
  const long = append('long', 'x'.repeat(1_000_000))
  commit(open('s'))
  db.exec(`PRAGMA max_page_count = ${Number(db.prepare('PRAGMA page_count').get()?.page_count) + 5}`)
  t.throws(() => commit(append('a', 'short'), long, append('b', 'short')), /full/)
  t.match(commit(append('c', 'short')), [{ kind: 'written', result: 1 }])
  db.exec('PRAGMA max_page_count = 100000')
  t.match(commit(long), [{ kind: 'written', result: 2 }])
})

t.test('a batch whose commit fails stores nothing, and the next batch is committed', async t => {
  const db = new DatabaseSync(':memory:')
  migrate(db)
  const sql = createSql(db)
  // SQLite checks this constraint at the commit only: it simulates any failure of the commit.
  db.exec(`CREATE TABLE guard (id INTEGER REFERENCES guard (missing) DEFERRABLE INITIALLY DEFERRED, missing INTEGER UNIQUE);
    CREATE TRIGGER fail AFTER INSERT ON sessions WHEN NEW.id = 'poison' BEGIN INSERT INTO guard (id) VALUES (1); END`)
  const commit = (...ids: string[]) => commitBatch(db, sql, ids.map(open), () => 0)
  t.throws(() => commit('a', 'poison', 'b'), /FOREIGN KEY/)
  t.notOk(db.isTransaction)
  commit('c')
  t.match(db.prepare('SELECT id FROM sessions').all(), [{ id: 'c' }])
})
