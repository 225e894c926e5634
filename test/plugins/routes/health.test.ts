import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'

/** A ready server, with functions that hash its database files and run SQL on them. */
async function startWorld(t: Test) {
  const world = await buildAppWorld(t)
  const path = join(world.dataDir, 'pellucid.sqlite')
  await untilReady(world)
  return {
    ...world,
    hashFiles: () => [path, `${path}-wal`].map(file => createHash('sha256').update(readFileSync(file)).digest('hex')),
    sql(statements: string) {
      const database = new DatabaseSync(path)
      database.exec(statements)
      database.close()
    },
  }
}

/** Overwrites the first page of a table. Returns a function that restores it. */
function damageTable({ dataDir }: Pick<AppWorld, 'dataDir'>, table: string): () => void {
  const path = join(dataDir, 'pellucid.sqlite')
  const database = new DatabaseSync(path)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const { rootpage } = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) as { rootpage: number }
  database.close()
  const fd = openSync(path, 'r+')
  const [page, at] = [Buffer.alloc(4096), (rootpage - 1) * 4096]
  readSync(fd, page, 0, page.length, at)
  writeSync(fd, Buffer.alloc(4096, 0xaa), 0, 4096, at)
  return () => {
    writeSync(fd, page, 0, page.length, at)
    closeSync(fd)
  }
}

async function untilReady({ call }: Pick<AppWorld, 'call'>): Promise<void> {
  while ((await call('GET', '/health/ready')).status !== 200) await setImmediate()
}

t.test('the readiness check changes neither the database nor its write-ahead log, also while writes fail', async t => {
  const { app, call, chat, hashFiles, sql } = await startWorld(t)
  const before = hashFiles()
  t.match(await call('GET', '/health/ready'), { status: 200, body: { status: 'ready' } })
  t.same(hashFiles(), before)

  sql(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE guard (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER fail_session AFTER INSERT ON sessions BEGIN INSERT INTO guard (id) VALUES (1); END;
    CREATE TRIGGER fail_probe AFTER UPDATE ON storage_probe BEGIN INSERT INTO guard (id) VALUES (1); END`)
  t.equal((await chat('hello')).status, 503)
  const failing = hashFiles()
  for (let checks = 0; checks < 20; checks++) {
    while (app.databaseManager.manager.state.waitingWrites > 0) await setImmediate()
    t.match(await call('GET', '/health/ready'), {
      status: 503,
      body: { checks: { writer: { ok: false, detail: /last write failed/ } } },
    })
  }
  t.same(hashFiles(), failing)
})

t.test('a server whose writes failed becomes ready again without any request', async t => {
  const world = await startWorld(t)
  world.sql(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE guard (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER fail_session AFTER INSERT ON sessions BEGIN INSERT INTO guard (id) VALUES (1); END`)
  t.equal((await world.chat('hello')).status, 503)
  t.equal(world.app.databaseManager.manager.state.isFailing, true)
  while (world.app.databaseManager.manager.state.isFailing) await setImmediate()
  t.equal((await world.call('GET', '/health/ready')).status, 200)
})

t.test('a server whose writes hang is not ready until they are done', async t => {
  const { app, call, chat, lines, dataDir } = await startWorld(t)
  const { manager } = app.databaseManager
  const other = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  t.teardown(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const reply = chat('hello')
  while (manager.state.waitingWrites === 0) await setImmediate()
  const now = performance.now.bind(performance)
  const restore = t.intercept(performance, 'now', { value: () => now() + 10_001 }).restore
  t.match(await call('GET', '/health/ready'), { status: 503, body: { checks: { writer: { ok: false, detail: /stalled/ } } } })
  t.equal(manager.state.problem, 'not writable', 'so chatbot_database_up is 0')
  await until(() => lines.some(({ msg }) => msg === 'Database writer stalled'))
  other.exec('ROLLBACK')
  t.equal((await reply).status, 200)
  await untilReady({ call })
  t.equal(manager.state.problem, undefined)
  await until(() => lines.some(({ msg }) => msg === 'Database writer continues'))
  restore()
})

t.test(
  'a damaged page is no internal error: reads and writes that need it get 503, and so does readiness, until it is restored',
  async t => {
    const world = await startWorld(t)
    const { body } = await world.chat('hello')
    const url = `/turns/${body.turn_id}`
    const undo = damageTable(world, 'turns')
    // A write of another process: pages in memory are read again.
    world.sql(`UPDATE storage_probe SET content = randomblob(100)`)
    t.match(await world.call('GET', url), {
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE' },
      headers: { 'retry-after': '1' },
    })
    t.match(await world.chat('hello', { session_id: body.session_id }), { status: 503, body: { code: 'DATABASE_UNAVAILABLE' } })
    const { manager } = world.app.databaseManager
    for (let probes = 0; probes < 3; probes++) {
      await manager.probe()
      t.match(manager.state, { isFailing: true, problem: 'not readable' })
      t.match(await world.call('GET', '/health/ready'), {
        status: 503,
        body: { checks: { database: { ok: false, detail: /malformed/ }, writer: { ok: false } } },
      })
    }
    undo()
    while ((await world.call('GET', '/health/ready')).status !== 200) await setImmediate()
    t.match(await world.call('GET', url), { status: 200 })
    t.match(await world.chat('hello', { session_id: body.session_id }), { status: 200 })
  },
)
