import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

t.test('a turn names its session only to a caller who names it', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { session_id, turn_id } = (await chat('hello')).body
  const other = (await chat('hello')).body.session_id
  const url = `/turns/${turn_id}`

  t.notOk('session_id' in (await call('GET', url)).body)
  t.equal((await call('GET', url, undefined, { 'x-session-id': session_id })).body.session_id, session_id)
  const unknown = await call('GET', '/turns/unknown', undefined, { 'x-session-id': other })
  for (const wrong of [other, session_id.slice(1), 'x'.repeat(128)]) {
    const reply = await call('GET', url, undefined, { 'x-session-id': wrong })
    t.match(reply, { status: 404, body: { code: unknown.body.code, message: unknown.body.message } }, 'as an unknown turn')
  }
})

t.test('feedback with another session is refused and not stored', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { session_id, turn_id } = (await chat('hello')).body
  const judge = (session: string) => call('POST', `/turns/${turn_id}/feedback`, { correct: true }, { 'x-session-id': session })
  t.match(await judge('x'.repeat(24)), { status: 404, body: { code: 'TURN_NOT_FOUND' } })
  t.notOk('feedback' in (await call('GET', `/turns/${turn_id}`)).body)
  t.equal((await judge(session_id)).status, 200)
  t.match((await call('GET', `/turns/${turn_id}`)).body, { feedback: { correct: true } })
})

t.test('the pseudonym of a session in the log opens no session', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const { session_id } = (await chat('hello')).body
  const pseudonym = app.pseudonym.session(session_id)
  for (const path of ['', '/turns']) t.equal((await call('GET', `/sessions/${pseudonym}${path}`)).status, 404)
  t.equal((await call('DELETE', `/sessions/${pseudonym}`)).status, 404)
  t.equal((await chat('/history', { session_id: pseudonym })).status, 404)
})
