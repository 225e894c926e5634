import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'

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
    CREATE TRIGGER fail_probe AFTER INSERT ON idempotency_keys BEGIN INSERT INTO guard (id) VALUES (1); END`)
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
  const database = new DatabaseSync(join(world.dataDir, 'pellucid.sqlite'))
  t.same(database.prepare('SELECT key FROM idempotency_keys').all(), [], 'the probe leaves no row')
  database.close()
})
