import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { buildAppWorld } from '../worlds/app-world.ts'

t.test('sessions that are idle too long are closed by the cleanup, which says how many', async t => {
  const { app, call, lines } = await buildAppWorld(t, { SESSION_CLEANUP_INTERVAL_S: '1' })
  const old = { createdAt: 1000, lastActiveAt: 1000, expiresAt: 2000, contextFrom: 0, verbose: false, turnCount: 0 }
  const limits = { maxSessions: 100, maxPerUser: 100 }
  for (const id of ['old-1', 'old-2']) await app.databaseManager.sessions.open({ id, ...old }, limits)
  const { session_id } = (await call('POST', '/sessions')).body

  const told = () => lines.find(line => line.function === 'expire_sessions')
  const deadline = performance.now() + 5000
  while (told() === undefined && performance.now() < deadline) await setImmediate()
  t.match(told(), { level: 30, module: 'session_manager', closed: 2 })
  t.equal((await app.databaseManager.sessions.find('old-1'))?.state, 'expired')
  t.equal((await call('GET', '/sessions/old-1')).status, 410)
  t.equal((await call('GET', `/sessions/${session_id}`)).status, 200, 'one that is not idle stays')
})

t.test('a session that is over but not yet cleaned up is expired all the same', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const over = { createdAt: 1000, lastActiveAt: 1000, expiresAt: 2000, contextFrom: 0, verbose: false, turnCount: 0 }
  await app.databaseManager.sessions.open({ id: 'over', ...over }, { maxSessions: 100, maxPerUser: 100 })
  for (const reply of [
    await call('GET', '/sessions/over'),
    await call('GET', '/sessions/over/turns'),
    await chat('hello', { session_id: 'over' }),
  ])
    t.match(reply, { status: 410, body: { code: 'SESSION_EXPIRED' } })
  t.equal((await call('DELETE', '/sessions/over')).status, 204, 'its owner may still have it erased')
  t.equal((await call('GET', '/sessions/over')).status, 404)
})

t.test('a session that makes room for a newer one of its user is told as closed, by its id', async t => {
  const { chat, lines } = await buildAppWorld(t, { MAX_SESSIONS_PER_USER: '1' })
  const first = (await chat('hello', { user_id: 'ada@example.org' })).body.session_id
  await chat('hello', { user_id: 'ada@example.org' })
  t.match(
    lines.filter(line => line.function === 'close_session'),
    [{ closed_session_id: first, reason: 'session limit of its user' }],
  )
  t.notMatch(JSON.stringify(lines), /ada@/, 'users appear by pseudonym only')
})

t.test('user ids of any script are told apart, and belong to whoever used them first', async t => {
  const { app, chat } = await buildAppWorld(t)
  const users = ['日本', '日本 ', 'Ada', 'ada', 'é', 'e\u0301', '👩‍👩‍👧', '__proto__', "' OR 1=1 --", 'x'.repeat(256)]
  const sessions = await Promise.all(users.map(async user_id => (await chat('hello', { user_id })).body.session_id))
  t.equal(await app.sessionManager.countActive(), users.length)
  for (const [i, user_id] of users.entries()) {
    t.equal((await chat('hello', { user_id, session_id: sessions[i] })).status, 200, user_id)
    t.equal((await chat('hello', { user_id, session_id: sessions[(i + 1) % users.length] })).status, 404, user_id)
  }
})

t.test('a session that is deleted takes the messages that wait in it with it', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { session_id } = (await call('POST', '/sessions')).body
  const waiting = Array.from({ length: 4 }, () => chat('hello', { session_id }))
  const deleted = call('DELETE', `/sessions/${session_id}`)
  const replies = await Promise.all(waiting)
  t.equal((await deleted).status, 204)
  for (const { status } of replies) t.ok(status === 200 || status === 404, `answered before it, or not found after it: ${status}`)
  t.equal(replies.at(-1)?.body.code, 'SESSION_NOT_FOUND')
  t.equal((await chat('hello', { session_id })).status, 404)
})
