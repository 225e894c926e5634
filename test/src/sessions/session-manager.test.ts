import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createSessionManager } from '../../../src/sessions/session-manager.ts'
import { createMemorySessionStore } from './memory-session-store.ts'

const IDLE_TIMEOUT_MS = 3_600_000

function createWorld({ maxSessions = 10_000, maxPerUser = 5 } = {}) {
  const clock = { now: 1_700_000_000_000 }
  const bytesAsked: number[] = []
  const manager = createSessionManager({
    store: createMemorySessionStore(),
    limits: { maxSessions, maxPerUser, maxPerClient: 1000 },
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    now: () => clock.now,
    randomBytes: count => {
      bytesAsked.push(count)
      return randomBytes(count)
    },
  })
  return { manager, clock, bytesAsked }
}

t.test('a new session is empty, belongs to its user, and expires one idle timeout later', async t => {
  const { manager, clock } = createWorld()
  const { session, evicted } = await manager.open({ user: 'u1' })
  t.match(session, { user: 'u1', createdAt: clock.now, lastActiveAt: clock.now, contextFrom: 0, turnCount: 0 })
  t.equal(session.expiresAt, clock.now + IDLE_TIMEOUT_MS)
  t.equal(manager.expiresAt(5), 5 + IDLE_TIMEOUT_MS)
  t.same(evicted, [])
  t.same(await manager.resume(session.id), session, 'resume returns it unchanged, without the state')
})

t.test('an id has at least 128 random bits and is safe in a URL', async t => {
  const { manager, bytesAsked } = createWorld()
  const ids = new Set<string>()
  for (let i = 0; i < 200; i++) ids.add((await manager.open()).session.id)
  t.equal(ids.size, 200)
  t.ok(bytesAsked.every(count => count * 8 >= 128))
  for (const id of ids) t.match(id, /^[A-Za-z0-9_-]{22,}$/)
})

t.test('no id looks like the pseudonym of a session', async t => {
  const drawn = [Buffer.from('s_A', 'base64url'), Buffer.alloc(0)].map(start => Buffer.concat([start, Buffer.alloc(18)], 18))
  const store = createMemorySessionStore()
  const limits = { maxSessions: 10, maxPerUser: 5, maxPerClient: 1000 }
  const manager = createSessionManager({ store, limits, idleTimeoutMs: 1, now: () => 1, randomBytes: () => drawn.shift()! })
  t.match((await manager.open()).session.id, /^A{22}[\w-]{2}$/)
})

t.test('an id that was never generated is not found', async t => {
  const { manager } = createWorld()
  for (const id of ['', 'mine', '__proto__', 'constructor', '\0', '\uD800', "' OR 1=1 --", 'x'.repeat(100_000)]) {
    await t.rejects(manager.resume(id), { code: 'SESSION_NOT_FOUND' })
    await t.rejects(manager.delete(id), { code: 'SESSION_NOT_FOUND' })
  }
  t.equal(await manager.countActive(), 0, 'resuming it opens no session')
})

t.test('a session expires exactly at expiresAt, before and after a cleanup', async t => {
  const { manager, clock } = createWorld()
  const { session } = await manager.open()
  clock.now = session.expiresAt - 1
  t.equal((await manager.resume(session.id)).id, session.id)
  t.equal(await manager.countActive(), 1)
  clock.now = session.expiresAt
  await t.rejects(manager.resume(session.id), { code: 'SESSION_EXPIRED' })
  t.equal(await manager.countActive(), 0)
  t.same(
    (await manager.expire()).map(({ id }) => id),
    [session.id],
  )
  await t.rejects(manager.resume(session.id), { code: 'SESSION_EXPIRED' })
  t.same(await manager.expire(), [], 'a session expires once')
})

t.test('a conversation keeps its session until that expires or is deleted', async t => {
  const { manager, clock } = createWorld()
  const join = (conversation: string) => manager.join({ conversation, application: 'chats' }).then(({ id }) => id)
  const first = await join('one')
  t.equal(await join('one'), first)
  t.not(await join('two'), first)
  clock.now += IDLE_TIMEOUT_MS
  const second = await join('one')
  t.not(second, first, 'before the cleanup')
  await manager.expire()
  t.equal(await join('one'), second, 'after the cleanup')
  await t.rejects(manager.resume(second), { code: 'SESSION_NOT_FOUND' }, 'other applications have no access')
  await manager.delete(second, { application: 'chats' })
  t.not(await join('one'), second)
})

t.test('a session of one user is not found for another user, but is usable by id without a user', async t => {
  const { manager, clock } = createWorld()
  const { session } = await manager.open({ user: 'u1' })
  await t.rejects(manager.resume(session.id, { user: 'u2' }), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(manager.resume(session.id, { user: '' }), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(manager.delete(session.id, { user: 'u2' }), { code: 'SESSION_NOT_FOUND' })
  t.equal((await manager.resume(session.id, { user: 'u1' })).id, session.id)
  t.equal((await manager.resume(session.id)).id, session.id)
  clock.now = session.expiresAt
  await t.rejects(
    manager.resume(session.id, { user: 'u2' }),
    { code: 'SESSION_NOT_FOUND' },
    'another user does not learn that it has expired',
  )
})

t.test('a session without a user is usable by any user', async t => {
  const { manager } = createWorld()
  const { session } = await manager.open()
  t.equal((await manager.resume(session.id, { user: 'u1' })).user, undefined)
})

t.test('a sixth session of a user evicts the longest idle session of that user', async t => {
  const { manager, clock } = createWorld()
  const { session: stranger } = await manager.open({ user: 'u2' })
  const opened = []
  for (let i = 0; i < 5; i++) {
    clock.now += 1000
    opened.push((await manager.open({ user: 'u1' })).session)
  }
  clock.now += 1000
  const { session, evicted } = await manager.open({ user: 'u1' })
  t.same(
    evicted.map(({ id }) => id),
    [opened[0]?.id],
  )
  await t.rejects(manager.resume(opened[0]?.id ?? ''), { code: 'SESSION_EXPIRED' })
  for (const { id } of [...opened.slice(1), session, stranger]) t.equal((await manager.resume(id)).id, id)
})

t.test('sessions without a user are limited by the total only', async t => {
  const { manager, clock } = createWorld({ maxSessions: 8 })
  for (let i = 0; i < 8; i++) t.same((await manager.open()).evicted, [])
  await t.rejects(manager.open(), { code: 'SESSION_LIMIT_REACHED' })
  clock.now += IDLE_TIMEOUT_MS
  t.ok((await manager.open()).session, 'sessions past their expiry time do not count, even before a cleanup')
})

t.test('a deleted session cannot be resumed', async t => {
  const { manager } = createWorld()
  const { session } = await manager.open({ user: 'u1' })
  t.same(await manager.delete(session.id, { user: 'u1' }), { ...session, state: 'open', pending: false }, 'as it was before')
  await t.rejects(manager.resume(session.id), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(manager.delete(session.id), { code: 'SESSION_NOT_FOUND' })
  t.equal(await manager.countActive(), 0)
})

t.test('an expired session can be deleted, before and after a cleanup', async t => {
  const { manager, clock } = createWorld()
  const { session } = await manager.open()
  const { session: late } = await manager.open()
  clock.now = session.expiresAt
  await manager.delete(session.id)
  await t.rejects(manager.resume(session.id), { code: 'SESSION_NOT_FOUND' })
  await manager.expire()
  await manager.delete(late.id)
  await t.rejects(manager.resume(late.id), { code: 'SESSION_NOT_FOUND' })
})

t.test('a change is visible to the next turn', async t => {
  const { manager } = createWorld()
  const { session } = await manager.open()
  await manager.update(session.id, { contextFrom: 7 })
  t.match(await manager.resume(session.id), { contextFrom: 7 })
})

t.test('a cleanup expires all due sessions, across batches', async t => {
  const { manager, clock } = createWorld()
  for (let i = 0; i < 1200; i++) await manager.open()
  clock.now += 1
  const { session: young } = await manager.open()
  clock.now = young.expiresAt - 1
  const closed = await manager.expire()
  t.equal(new Set(closed.map(({ id }) => id)).size, 1200)
  t.equal(await manager.countActive(), 1)
})
