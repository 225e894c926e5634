import t from 'tap'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'

const closedLines = (lines: AppWorld['lines']) => lines.filter(line => line.function === 'close_session')

t.test('the cleanup closes idle sessions and logs each with its id, user and reason', async t => {
  const { app, call, lines } = await buildAppWorld(t, { SESSION_CLEANUP_INTERVAL_S: '1' })
  const old = { createdAt: 1000, lastActiveAt: 1000, expiresAt: 2000, contextFrom: 0, verbose: false, turnCount: 3 }
  const limits = { maxSessions: 100, maxPerUser: 100, maxPerClient: 1000 }
  await app.databaseManager.sessions.open({ id: 'old-1', user: 'pseudonym-of-ada', ...old }, limits)
  await app.databaseManager.sessions.open({ id: 'old-2', ...old }, limits)
  const { session_id } = (await call('POST', '/sessions')).body

  await until(() => closedLines(lines).length >= 2)
  const [first, second] = ['old-1', 'old-2'].map(app.pseudonym.session)
  t.match(closedLines(lines), [
    { level: 30, module: 'session_manager', session_id: first, user_id: 'pseudonym-of-ada', reason: 'expired', turn_count: 3 },
    { session_id: second, reason: 'expired' },
  ])
  t.equal((await app.databaseManager.sessions.find('old-1'))?.state, 'expired')
  t.equal((await call('GET', '/sessions/old-1')).status, 410)
  t.equal((await call('GET', `/sessions/${session_id}`)).status, 200, 'an active session stays open')
})

t.test('a session past its expiry time is expired before the cleanup runs', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const over = { createdAt: 1000, lastActiveAt: 1000, expiresAt: 2000, contextFrom: 0, verbose: false, turnCount: 0 }
  await app.databaseManager.sessions.open({ id: 'over', ...over }, { maxSessions: 100, maxPerUser: 100, maxPerClient: 1000 })
  for (const reply of [
    await call('GET', '/sessions/over'),
    await call('GET', '/sessions/over/turns'),
    await chat('hello', { session_id: 'over' }),
  ])
    t.match(reply, { status: 410, body: { code: 'SESSION_EXPIRED' } })
  t.equal((await call('DELETE', '/sessions/over')).status, 204, 'its owner can still erase it')
  t.equal((await call('GET', '/sessions/over')).status, 404)
})

t.test('the eviction of a session is logged with the id of that session and the reason', async t => {
  const { app, chat, lines } = await buildAppWorld(t, { MAX_SESSIONS_PER_USER: '1' })
  const first = app.pseudonym.session((await chat('hello', { user_id: 'ada@example.org' })).body.session_id)
  const second = (await chat('hello', { user_id: 'ada@example.org' })).body
  const [closed, ...others] = closedLines(lines)
  t.match(closed, { session_id: first, reason: 'limit', turn_count: 1, turn_id: second.turn_id })
  t.same(others, [])
  t.equal(closed?.user_id, lines.find(line => line.session_id === first && line.user_id !== undefined)?.user_id)
  t.notMatch(JSON.stringify(lines), /ada@/, 'users appear by pseudonym only')
})

t.test('lines about a deleted session have its pseudonym and user, and the line about its end the reason', async t => {
  const { app, call, chat, lines } = await buildAppWorld(t)
  const { session_id } = (await chat('hello', { user_id: 'ada' })).body
  const seen = lines.length
  await call('DELETE', `/sessions/${session_id}`)
  const deletion = lines
    .slice(seen)
    .filter(({ function: name }) => /^(close_session|delete_session|end_request)$/.test(String(name)))
  t.equal(deletion.length, 3)
  for (const line of deletion) t.match(line, { session_id: app.pseudonym.session(session_id), user_id: String }, String(line.msg))
  t.match(deletion[0], { reason: 'deleted', turn_count: 1 })
  t.ok(deletion.every(line => line.user_id !== 'ada'))
})

t.test('the id of a session that the limit refused is in no log line', async t => {
  const { app, call, chat, lines } = await buildAppWorld(t, { MAX_SESSIONS: '1' })
  const { session_id } = (await chat('hello')).body
  t.match(await chat('hello'), { status: 503, body: { code: 'SESSION_LIMIT_REACHED' } })
  t.match(await call('POST', '/sessions'), { status: 503, body: { code: 'SESSION_LIMIT_REACHED' } })
  const ids = new Set(lines.map(line => line.session_id))
  t.same(ids, new Set([undefined, app.pseudonym.session(session_id)]))
})

t.test('lines about feedback have the turn, its session and its user', async t => {
  const { app, call, chat, lines } = await buildAppWorld(t)
  const { session_id, turn_id } = (await chat('hello', { user_id: 'ada' })).body
  const seen = lines.length
  t.equal((await call('POST', `/turns/${turn_id}/feedback`, { correct: true })).status, 200)
  t.match(
    lines.slice(seen).find(line => line.function === 'end_request'),
    { session_id: app.pseudonym.session(session_id), turn_id, user_id: String },
  )
  t.equal((await call('POST', '/turns/unknown-turn/feedback', { correct: true })).status, 404)
  t.equal(lines.at(-1)?.turn_id, undefined, 'an unknown id is not logged')
})

t.test('a changed setting of a session is logged by its snake_case name', async t => {
  const { app, call, lines } = await buildAppWorld(t)
  const { session_id } = (await call('POST', '/sessions')).body
  await app.sessionManager.update(session_id, { contextFrom: 1 })
  t.match(lines.at(-1), { session_id: app.pseudonym.session(session_id), changed: ['context_from'] })
})

t.test('user ids in any script are distinct, and a session belongs to the user who opened it', async t => {
  const { app, chat } = await buildAppWorld(t)
  const users = ['日本', '日本 ', 'Ada', 'ada', 'é', 'e\u0301', '👩‍👩‍👧', '__proto__', "' OR 1=1 --", 'x'.repeat(256)]
  const sessions = await Promise.all(users.map(async user_id => (await chat('hello', { user_id })).body.session_id))
  t.equal(await app.sessionManager.countActive(), users.length)
  for (const [i, user_id] of users.entries()) {
    t.equal((await chat('hello', { user_id, session_id: sessions[i] })).status, 200, user_id)
    t.equal((await chat('hello', { user_id, session_id: sessions[(i + 1) % users.length] })).status, 404, user_id)
  }
})

t.test('deleting a session refuses its waiting messages', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { session_id } = (await call('POST', '/sessions')).body
  const waiting = Array.from({ length: 4 }, () => chat('hello', { session_id }))
  const deleted = call('DELETE', `/sessions/${session_id}`)
  const replies = await Promise.all(waiting)
  t.equal((await deleted).status, 204)
  for (const { status } of replies)
    t.ok(status === 200 || status === 404, `answered before the deletion or not found after it: ${status}`)
  t.equal(replies.at(-1)?.body.code, 'SESSION_NOT_FOUND')
  t.equal((await chat('hello', { session_id })).status, 404)
})
