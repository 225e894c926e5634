import t from 'tap'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { HOSTILE_TEXTS, NO_LIMITS, openWorld, sessionOf, turnOf } from './world.ts'

t.test('an opened session is returned unchanged, with state open', async t => {
  const store = createSessionStore(openWorld(t).database)
  const session = sessionOf('s', { user: 'u', contextFrom: 3, turnCount: 0 })
  t.same(await store.open(session, NO_LIMITS), [])
  t.same(await store.find('s'), { ...session, state: 'open' })
  t.equal(await store.find('another'), undefined)
  await store.open(sessionOf('anonymous'), NO_LIMITS)
  t.notOk('user' in ((await store.find('anonymous')) ?? {}), 'a session without a user has no user property')
})

t.test('the newest open session of a conversation is found, and closed sessions forget it', async t => {
  const { database } = openWorld(t)
  const store = createSessionStore(database)
  const open = (id: string, createdAt: number, conversation?: string) =>
    store.open(sessionOf(id, { createdAt }), NO_LIMITS, conversation === undefined ? {} : { conversation })
  await open('old', 1000, 'c')
  await open('new', 2000, 'c')
  await open('other', 3000, 'd')
  await open('none', 4000)
  t.equal(await store.findByConversation('c'), 'new')
  await store.delete('new', 5000)
  t.equal(await store.findByConversation('c'), 'old')
  await store.expire(Number.MAX_SAFE_INTEGER, 100)
  t.equal(await store.findByConversation('c'), undefined)
  t.same(database.all`SELECT id FROM sessions WHERE conversation IS NOT NULL`, [])
  const plan = database.all<{ detail: string }>`EXPLAIN QUERY PLAN SELECT id FROM sessions
    WHERE conversation = ${'c'} AND state = 'open' ORDER BY created_at DESC LIMIT 1`
  t.match(plan[0]?.detail, /open_sessions_by_conversation/)
})

t.test('the longest idle sessions of a user are evicted, without those past their expiry time', async t => {
  const store = createSessionStore(openWorld(t).database)
  const limits = { maxSessions: 100, maxPerUser: 2, maxPerClient: 1000 }
  const open = (id: string, lastActiveAt: number, expiresAt: number, user = 'u') =>
    store.open(sessionOf(id, { user, createdAt: 1000, lastActiveAt, expiresAt }), limits)
  await open('idle', 900, 5000)
  await open('active', 950, 5000)
  await open('of another', 1, 5000, 'v')
  t.match(await open('new', 1000, 5000), [{ id: 'idle' }])
  t.match(await store.find('idle'), { state: 'expired' })
  t.match(await store.find('active'), { state: 'open' })

  // At 6000 both sessions of u are past their expiry time: none is evicted.
  t.same(await store.open(sessionOf('later', { user: 'u', createdAt: 6000, expiresAt: 9000 }), limits), [])
  t.match(await store.find('of another'), { state: 'open' })
})

t.test('a lowered limit evicts as many sessions as necessary', async t => {
  const store = createSessionStore(openWorld(t).database)
  for (let i = 0; i < 5; i++) await store.open(sessionOf(`s${i}`, { user: 'u', lastActiveAt: 1000 + i }), NO_LIMITS)
  const evicted = await store.open(sessionOf('new', { user: 'u', lastActiveAt: 2000 }), {
    maxSessions: 100,
    maxPerUser: 2,
    maxPerClient: 1000,
  })
  t.same(evicted.map(({ id }) => id).sort(), ['s0', 's1', 's2', 's3'])
})

t.test('at the total limit no session is opened and none is evicted', async t => {
  const store = createSessionStore(openWorld(t).database)
  const limits = { maxSessions: 3, maxPerUser: 2, maxPerClient: 1000 }
  for (const id of ['a', 'b', 'c']) await store.open(sessionOf(id), limits)
  await t.rejects(store.open(sessionOf('d'), limits), { code: 'SESSION_LIMIT_REACHED', facts: { max_sessions: 3 } })
  t.equal(await store.find('d'), undefined)

  await store.open(sessionOf('x', { user: 'u' }), NO_LIMITS)
  await t.rejects(store.open(sessionOf('y', { user: 'u' }), { maxSessions: 3, maxPerUser: 1, maxPerClient: 1000 }), {
    code: 'SESSION_LIMIT_REACHED',
  })
  t.match(await store.find('x'), { state: 'open' })

  await store.open(sessionOf('after', { createdAt: 5000, expiresAt: 9000 }), limits)
  t.equal(await store.countOpen(5000), 1, 'sessions past their expiry time do not count')
})

t.test('a hundred simultaneous openings respect the limit', async t => {
  const store = createSessionStore(openWorld(t).database)
  const attempts = Array.from({ length: 100 }, (_, i) =>
    store.open(sessionOf(`s${i}`), { maxSessions: 10, maxPerUser: 5, maxPerClient: 1000 }),
  )
  const outcomes = await Promise.allSettled(attempts)
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 10)
  t.equal(await store.countOpen(1000), 10)
})

t.test('a change of a closed session is refused with the reason', async t => {
  const store = createSessionStore(openWorld(t).database)
  for (const id of ['deleted', 'expired']) await store.open(sessionOf(id), NO_LIMITS)
  await store.delete('deleted', 2000)
  await store.expire(6000, 10)
  await t.rejects(store.update('deleted', { contextFrom: 7 }), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(store.update('unknown', { contextFrom: 7 }), { code: 'SESSION_NOT_FOUND' })
  await t.rejects(store.update('expired', { contextFrom: 7 }), { code: 'SESSION_EXPIRED' })
})

t.test('deleting a session erases its content and returns the session before that', async t => {
  const { database } = openWorld(t)
  const store = createSessionStore(database)
  const turns = createTurnStore(database)
  await store.open(sessionOf('s'), NO_LIMITS)
  await turns.append(turnOf('s', 'a'), { sessionExpiresAt: 9000 })
  const { state, ...before } = (await store.find('s'))!
  t.same(await store.delete('s', 3000), { ...before, state: 'open' }, 'the session before the deletion, with its turn count')
  t.equal(before.turnCount, 1)
  t.match(await store.find('s'), { state: 'deleted' })
  t.match(await turns.find('a'), { message: '', receipt: { response: '', sources: [] } })
  t.equal(await store.delete('s', 3000), undefined)
  t.equal(await store.delete('unknown', 3000), undefined)
  await store.open(sessionOf('late'), NO_LIMITS)
  await store.expire(6000, 10)
  t.match(await store.delete('late', 7000), { id: 'late', state: 'expired' })
})

t.test('sessions past their expiry time are marked expired, oldest first, up to the limit', async t => {
  const store = createSessionStore(openWorld(t).database)
  for (const [id, expiresAt] of Object.entries({ c: 3000, a: 1000, b: 2000, d: 3001 }))
    await store.open(sessionOf(id, { expiresAt }), NO_LIMITS)
  t.equal(await store.countOpen(2000), 2)
  t.match(await store.expire(3000, 2), [{ id: 'a' }, { id: 'b' }])
  t.match(await store.expire(3000, 2), [{ id: 'c' }])
  t.same(await store.expire(3000, 2), [])
  t.match(await store.find('c'), { state: 'expired', expiresAt: 3000 })
  t.match(await store.find('d'), { state: 'open' })
})

t.test('ids and users are stored verbatim', async t => {
  const store = createSessionStore(openWorld(t).database)
  for (const text of HOSTILE_TEXTS) await store.open(sessionOf(text, { user: text }), NO_LIMITS)
  for (const text of HOSTILE_TEXTS) t.match(await store.find(text), { id: text, user: text })
  t.equal(await store.countOpen(1000), HOSTILE_TEXTS.length)
})
