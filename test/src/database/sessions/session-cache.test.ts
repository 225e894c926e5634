import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import type { DatabaseOperation } from '../../../../src/database/database-manager.ts'
import { createSessionStore } from '../../../../src/database/session-store.ts'
import { type SessionRow, toStoredSession } from '../../../../src/database/sessions/session-rows.ts'
import { createTurnStore } from '../../../../src/database/turn-store.ts'
import { NO_LIMITS, openWorld, sessionOf, turnOf } from '../world.ts'

/** Stores over a new database, and the names of the reads. */
function openStores(t: Test) {
  const reads: string[] = []
  function observe<T>({ kind, name }: DatabaseOperation, run: () => T): T {
    if (kind === 'read') reads.push(name)
    return run()
  }
  const { database, path } = openWorld(t, { observe })
  const rowOf = (id: string) => toStoredSession(database.get<SessionRow>`SELECT * FROM sessions WHERE id = ${id}`!)
  return { database, path, reads, rowOf, sessions: createSessionStore(database), turns: createTurnStore(database) }
}

t.test('the turns of a session read it once', async t => {
  const { reads, sessions, turns } = openStores(t)
  await sessions.open(sessionOf('s'), NO_LIMITS)
  for (const id of ['a', 'b', 'c']) {
    await sessions.find('s')
    await turns.append(turnOf('s', id), { sessionExpiresAt: 9000 })
  }
  t.match(await sessions.find('s'), { turnCount: 3, expiresAt: 9000 })
  t.same(reads, ['SELECT sessions'])
})

t.test('a session in memory is the stored one after each write', async t => {
  const { rowOf, sessions, turns } = openStores(t)
  const writes: Readonly<Record<string, () => Promise<unknown>>> = {
    turn: () => turns.append(turnOf('s', 'a', { createdAt: 3000 }), { sessionExpiresAt: 8000 }),
    'context cleared': () => sessions.update('s', { contextFrom: 1 }),
    'turn that is refused': () => turns.append(turnOf('s', 'a'), { sessionExpiresAt: 1 }).catch(() => undefined),
    'several at once': () => Promise.all([sessions.update('s', { contextFrom: 2 }), sessions.update('s', { contextFrom: 3 })]),
    'eviction of another': () =>
      sessions.open(sessionOf('t', { user: 'v' }), { maxSessions: 9, maxPerUser: 1, maxPerClient: 1000 }),
    eviction: () =>
      sessions.open(sessionOf('new', { user: 'u', createdAt: 4000 }), { maxSessions: 9, maxPerUser: 1, maxPerClient: 1000 }),
    deletion: () => sessions.delete('s', 5000),
  }
  await sessions.open(sessionOf('s', { user: 'u' }), NO_LIMITS)
  for (const [what, write] of Object.entries(writes)) {
    await sessions.find('s')
    await write()
    t.same(await sessions.find('s'), rowOf('s'), what)
  }
  t.equal(rowOf('s').state, 'deleted')
})

t.test('a session in memory that expires is expired', async t => {
  const { sessions } = openStores(t)
  await sessions.open(sessionOf('s'), NO_LIMITS)
  await sessions.find('s')
  await sessions.expire(5000, 10)
  t.match(await sessions.find('s'), { state: 'expired' })
})

t.test('a write that is refused forgets no session', async t => {
  const { reads, sessions, turns } = openStores(t)
  await sessions.open(sessionOf('s'), NO_LIMITS)
  await sessions.find('s')
  reads.length = 0
  await t.rejects(turns.append(turnOf('missing', 'a'), { sessionExpiresAt: 9000 }), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(sessions.open(sessionOf('t'), { maxSessions: 1, maxPerUser: 1, maxPerClient: 1000 }), {
    code: 'SESSION_LIMIT_REACHED',
  })
  t.match(await sessions.find('s'), { id: 's' })
  t.same(reads, [])
})

t.test('sessions are read again after a write that may have been stored', async t => {
  const { database, path, sessions } = openStores(t)
  await sessions.open(sessionOf('s'), NO_LIMITS)
  await sessions.find('s')
  const other = new DatabaseSync(path)
  other.exec(`UPDATE sessions SET context_from = 1;
    CREATE TABLE broken (id TEXT REFERENCES sessions (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER break_commit AFTER UPDATE ON storage_probe BEGIN INSERT INTO broken VALUES ('missing'); END`)
  other.close()
  t.match(await sessions.find('s'), { contextFrom: 0 }, 'from memory')
  await t.rejects(database.write('probe', undefined), { code: 'DATABASE_UNAVAILABLE' })
  t.match(await sessions.find('s'), { contextFrom: 1 })
})
