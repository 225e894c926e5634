import { spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { type DatabaseOperation, openDatabase } from '../../../src/database/database-manager.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { ChatError } from '../../../src/errors.ts'
import { NO_LIMITS, openWorld, recordLog, sessionOf, turnOf } from './world.ts'

const open = (id: string) => ({ session: sessionOf(id), limits: NO_LIMITS })

/** Takes the write lock as another process would. Returns a function that releases it. */
function holdWriteLock(path: string) {
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

t.test('simultaneous writes share commits and take effect in order', async t => {
  // Every batch is slower than -1 ms, so each is logged.
  const commitsMs: number[] = []
  let slow = 0
  const { database, lines } = openWorld(t, { slowQueryMs: -1, onCommit: ms => commitsMs.push(ms), onSlow: () => slow++ })
  await database.write('openSession', open('s'))
  t.ok(database.state.lastCommitMs === commitsMs[0] && (commitsMs[0] ?? 0) > 0)
  const ids = Array.from({ length: 500 }, (_, i) => `turn ${i}`)
  const turns = createTurnStore(database)
  const seqs = await Promise.all(ids.map(id => turns.append(turnOf('s', id), { sessionExpiresAt: 9000 })))
  t.same(
    seqs,
    ids.map((_, i) => i + 1),
  )
  const commits = lines.filter(({ message }) => message === 'Slow database write')
  t.equal(
    commits.reduce((sum, { facts }) => sum + Number(facts.rows), 0),
    501,
  )
  t.ok(commits.length <= 10, `${commits.length} commits`)
  t.ok(
    commits.every(({ facts }) => Number(facts.rows) <= 64),
    'a batch is short, so that no reply waits long',
  )
  t.equal(commitsMs.length, commits.length, 'onCommit is called for each commit')
  t.equal(slow, commits.length, 'onSlow is called for each slow batch')
})

t.test('the write-ahead log stays short', async t => {
  const { database } = openWorld(t)
  await database.write('openSession', open('s'))
  const turns = createTurnStore(database)
  const message = 'x'.repeat(1_000_000)
  for (let i = 0; i < 40; i++) await turns.append(turnOf('s', `turn ${i}`, { message }), { sessionExpiresAt: 9000 })
  const { walBytes } = database.state
  t.ok(walBytes < 30_000_000, `${walBytes} bytes after 40 MB`)
})

t.test('a write that fails is rolled back alone; the others of its batch are stored', async t => {
  const { database } = openWorld(t)
  const turns = createTurnStore(database)
  await database.write('openSession', open('s'))
  const expiry = { sessionExpiresAt: 9000 }
  const outcomes = await Promise.allSettled([
    turns.append(turnOf('s', 'a'), expiry),
    turns.append(turnOf('s', 'a'), expiry),
    turns.append(turnOf('missing', 'b'), expiry),
    turns.append(turnOf('s', 'c'), expiry),
  ])
  t.match(outcomes, [
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: { message: /UNIQUE constraint failed: turns.turn_id/ } },
    { status: 'rejected', reason: { code: 'SESSION_NOT_FOUND' } },
    { status: 'fulfilled', value: 2 },
  ])
  t.match(await createSessionStore(database).find('s'), { turnCount: 2 }, 'the failed write did not change its session either')
  t.ok(
    (outcomes[2] as PromiseRejectedResult).reason instanceof ChatError,
    'a ChatError from the thread is a ChatError on the main thread',
  )
})

t.test('while a write is blocked, the event loop and reads continue, and the write is not acknowledged', async t => {
  const { database, path } = openWorld(t)
  await database.write('openSession', open('before'))
  const release = holdWriteLock(path)
  let isAcknowledged = false
  const written = database.write('openSession', open('s')).then(() => {
    isAcknowledged = true
  })
  for (let turn = 0; turn < 1000; turn++) await setImmediate()
  t.notOk(isAcknowledged)
  t.match(database.get`SELECT id FROM sessions`, { id: 'before' })
  t.equal(database.state.waitingWrites, 1)
  release()
  await written
  t.equal(database.get<{ n: number }>`SELECT count(*) AS n FROM sessions`?.n, 2)
})

t.test('a write beyond the limit of waiting writes is refused, and the others are stored', async t => {
  const { database, path } = openWorld(t, { maxWaitingWrites: 3 })
  const release = holdWriteLock(path)
  const accepted = ['a', 'b', 'c'].map(id => database.write('openSession', open(id)))
  await t.rejects(database.write('openSession', open('d')), { code: 'DATABASE_BUSY', retryAfterS: 1 })
  release()
  await Promise.all(accepted)
  t.equal(database.state.waitingWrites, 0)
})

t.test('closing finishes the accepted writes, leaves one file and accepts no more writes', async t => {
  const { database, path, lines } = openWorld(t)
  const writes = Array.from({ length: 50 }, (_, i) => database.write('openSession', open(`s${i}`)))
  const closed = database.close()
  t.equal(database.close(), closed)
  await t.rejects(database.write('openSession', open('late')), { code: 'SHUTTING_DOWN' })
  await Promise.all([...writes, closed])
  t.match(database.state, { open: false, writer: 'stopped', waitingWrites: 0, walBytes: 0 })
  t.notOk(existsSync(`${path}-wal`))
  const messages = lines.map(({ facts, message }) => `${message}: ${facts.connection ?? ''}`)
  for (const end of ['reader', 'writer'])
    t.ok(messages.includes(`Database connection opened: ${end}`) && messages.includes(`Database connection closed: ${end}`))
  const reopened = openDatabase({ path })
  t.equal(reopened.get<{ n: number }>`SELECT count(*) AS n FROM sessions`?.n, 50)
  await reopened.close()
})

t.test('every read and write is observed with name and text, without parameters', async t => {
  const seen: DatabaseOperation[] = []
  const { database } = openWorld(t, {
    observe(operation, run) {
      seen.push(operation)
      return run()
    },
  })
  await database.write('openSession', open('secret'))
  await createSessionStore(database).find('secret')
  t.same(seen, [
    { name: 'INSERT sessions', text: 'openSession', kind: 'write' },
    { name: 'SELECT sessions', text: 'SELECT * FROM sessions WHERE id = ?', kind: 'read' },
  ])
})

t.test('a slow read is logged with name, duration and rows, without parameters; a fast one is not', async t => {
  let time = 0
  let stepMs = 101
  let slowReads = 0
  const { database, lines } = openWorld(t, {
    onSlow: () => slowReads++,
    now: () => {
      time += stepMs
      return time
    },
  })
  database.all`SELECT id FROM sessions WHERE id = ${'secret'}`
  stepMs = 100
  database.all`SELECT id FROM sessions WHERE id = ${'quick'}`
  const slow = lines.filter(({ level }) => level === 'warn')
  t.same(slow, [
    {
      level: 'warn',
      facts: { function: 'read', operations: ['SELECT sessions'], rows: 0, took_ms: 101 },
      message: 'Slow database read',
    },
  ])
  t.equal(slowReads, 1)
})

t.test('a slow write is logged with the session, turn and user that it is about', async t => {
  const { database, lines } = openWorld(t, { slowQueryMs: -1, nameSession: id => `name of ${id}` })
  const turns = createTurnStore(database)
  const slow = () => lines.at(-1)?.facts ?? {}
  await database.write('openSession', { session: sessionOf('s', { user: 'u' }), limits: NO_LIMITS })
  t.match(slow(), { operations: ['open_session'], rows: 1, session_id: 'name of s', user_id: 'u' })
  await turns.append(turnOf('s', 'a', { user: 'u' }), { sessionExpiresAt: 9000 })
  t.match(slow(), { operations: ['append_turn'], session_id: 'name of s', turn_id: 'a', user_id: 'u' })
  await turns.recordFeedback('a', { correct: true, createdAt: 3000 })
  t.match(slow(), { operations: ['record_feedback'], session_id: 'name of s', turn_id: 'a', user_id: 'u' })
  await createSessionStore(database).delete('s', 4000)
  t.match(slow(), { operations: ['delete_session'], session_id: 'name of s', user_id: 'u' })
  for (const key of ['took_ms', 'commit_ms', 'waited_ms'])
    t.match(JSON.stringify(slow()[key]), /^\d+(\.\d{1,3})?$/, `${key} is rounded to microseconds`)
})

t.test('a slow batch lists the first ten sessions of several, without those that were refused', async t => {
  const { database, lines } = openWorld(t, { slowQueryMs: -1, nameSession: id => `name of ${id}` })
  await database.write('openSession', open('first'))
  const limits = { maxSessions: 13, maxPerUser: 1, maxPerClient: 1000 }
  const ids = Array.from({ length: 20 }, (_, i) => `s${i}`)
  await Promise.allSettled(ids.slice(0, 2).map(id => database.write('openSession', { session: sessionOf(id), limits })))
  t.same(lines.at(-1)?.facts.session_ids, ['name of s0', 'name of s1'])
  await Promise.allSettled(ids.slice(2).map(id => database.write('openSession', { session: sessionOf(id), limits })))
  t.same(
    lines.at(-1)?.facts.session_ids,
    ids.slice(2, 12).map(id => `name of ${id}`),
  )
  await t.rejects(database.write('openSession', { session: sessionOf('late'), limits }), { code: 'SESSION_LIMIT_REACHED' })
  t.notMatch(JSON.stringify(lines), /late/)
})

t.test('the ids of a write are reported before its result is observed, and only if it succeeded', async t => {
  const seen: unknown[] = []
  const { database } = openWorld(t, {
    nameSession: id => `name of ${id}`,
    onWritten: ids => seen.push(ids),
    observe(operation, run) {
      const result = run()
      if (result instanceof Promise)
        result.then(() => seen.push(operation.text)).catch(() => seen.push(`${operation.text} failed`))
      return result
    },
  })
  await database.write('openSession', { session: sessionOf('s', { user: 'u' }), limits: NO_LIMITS })
  await t.rejects(database.write('updateSession', { id: 'unknown', change: { contextFrom: 1 } }), { code: 'SESSION_NOT_FOUND' })
  await setImmediate()
  t.same(seen, [{ session_id: 'name of s', user_id: 'u' }, 'openSession', 'updateSession failed'])
})

t.test('a read cannot change data', async t => {
  const { database } = openWorld(t)
  t.throws(() => database.all`DELETE FROM sessions`, { code: 'DATABASE_UNAVAILABLE', cause: /readonly database/ })
})

t.test('every turn acknowledged before a SIGKILL is stored once and in order', async t => {
  const path = join(t.testdir(), 'pellucid.db')
  const child = spawn(process.execPath, [join(import.meta.dirname, 'append-until-killed.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: string[] = []
  for await (const turnId of createInterface(child.stdout)) {
    acknowledged.push(turnId)
    if (acknowledged.length === 200) child.kill('SIGKILL')
  }
  const database = openDatabase({ path })
  t.teardown(() => database.close())
  const rows = database.all<{ turn_id: string; seq: number }>`SELECT turn_id, seq FROM turns ORDER BY seq`
  const stored = new Set(rows.map(({ turn_id }) => turn_id))
  t.ok(acknowledged.length >= 200)
  t.same(
    acknowledged.filter(turnId => !stored.has(turnId)),
    [],
  )
  t.same(
    rows.map(({ seq }) => seq),
    rows.map((_, i) => i + 1),
  )
})

t.test('database files have mode 0600', async t => {
  const { database, path } = openWorld(t)
  await database.write('openSession', open('s'))
  for (const file of [path, `${path}-wal`]) t.equal(statSync(file).mode & 0o777, 0o600)
})

t.test('a file that is not a database or cannot be created is refused with the cause', async t => {
  const path = join(t.testdir(), 'notes.db')
  writeFileSync(path, 'These are my notes. '.repeat(100))
  t.throws(() => openDatabase({ path }), { code: 'DATABASE_UNAVAILABLE', cause: /not a database/ })
  t.throws(() => openDatabase({ path: join(path, 'below', 'a.db') }), { code: 'DATABASE_UNAVAILABLE' })
})

t.test('a database with a newer schema is refused with both versions and left unchanged', async t => {
  const path = join(t.testdir(), 'newer.db')
  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 4711')
  newer.close()
  t.throws(() => openDatabase({ path }), {
    code: 'DATABASE_TOO_NEW',
    message: /schema version 4711; this program supports versions up to \d+/,
    facts: { database_version: 4711 },
  })
  t.equal(new DatabaseSync(path).prepare('PRAGMA journal_mode').get()?.journal_mode, 'delete')
})

t.test('processes that open a new database at once migrate it once and all succeed', async t => {
  const path = join(t.testdir(), 'pellucid.db')
  const script = join(import.meta.dirname, 'open-and-close.ts')
  const at = String(Date.now() + 400)
  const exits = Array.from({ length: 4 }, () => {
    const { promise, resolve } = Promise.withResolvers<number | null>()
    spawn(process.execPath, [script, path, at], { stdio: 'inherit' }).on('exit', resolve)
    return promise
  })
  t.same(await Promise.all(exits), [0, 0, 0, 0])
  const { log, lines } = recordLog()
  await openDatabase({ path, log }).close()
  t.notOk(lines.some(({ message }) => message === 'Database migrated'))
})
