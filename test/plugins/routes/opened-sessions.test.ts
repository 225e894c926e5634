import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'

const reason = 'Ticket 4711: card 4111 1111 1111 1111 was refused'

function openedIn(world: AppWorld): Record<string, unknown>[] {
  return world.trail().filter(({ event }) => event === 'session_opened')
}

t.test('an operator reads a session by its id or pseudonym, after the record with the redacted reason', async t => {
  const world = await buildAppWorld(t)
  const { session_id: id } = (await world.chat('hello')).body
  await world.chat('/status', { session_id: id })
  const pseudonym = world.app.pseudonym.session(id)
  for (const name of [id, pseudonym]) {
    const path = `/admin/sessions/${name}/open`
    const first = await world.call('POST', `${path}?limit=1`, { reason }, world.asAdmin)
    t.match(first, {
      status: 200,
      body: { session_id: pseudonym, turn_count: 2, turns: [{ seq: 2, message: '/status' }], next: 2 },
    })
    const second = await world.call('POST', `${path}?before=2`, { reason }, world.asAdmin)
    t.match(second.body, { turns: [{ seq: 1, message: 'hello' }], next: null })
    t.notMatch(JSON.stringify([first.body, second.body]), id, 'the reply does not open the session')
  }
  t.equal(openedIn(world).length, 4)
  for (const record of openedIn(world))
    t.match(record, { session_id: pseudonym, turns: 1, reason: 'Ticket 4711: card [card] was refused', actor: 'key:machine' })
})

t.test('an expired session is readable, an unknown or deleted one is not, and leaves no record', async t => {
  const world = await buildAppWorld(t, { MAX_SESSIONS_PER_USER: '1' })
  const open = (name: string) => world.call('POST', `/admin/sessions/${name}/open`, { reason }, world.asAdmin)
  const say = async (user_id: string) => (await world.chat('hello', { user_id })).body.session_id
  const [expired] = [await say('ada'), await say('ada')]
  t.equal((await world.call('GET', `/sessions/${expired}`)).status, 410)
  t.equal((await open(expired)).status, 200)
  const deleted = await say('bob')
  await world.call('DELETE', `/sessions/${deleted}`)
  for (const name of [deleted, 'A'.repeat(24), world.app.pseudonym.session(deleted), `s_${'A'.repeat(22)}`])
    t.match(await open(name), { status: 404, body: { code: 'SESSION_NOT_FOUND' } })
  t.equal(openedIn(world).length, 1)
})

t.test('without a credential, a reason, or a record of it, nothing is read', async t => {
  const world = await buildAppWorld(t)
  const { session_id: id } = (await world.chat('hello')).body
  const path = `/admin/sessions/${id}/open`
  t.equal((await world.call('POST', path, { reason })).status, 401)
  for (const body of [{}, { reason: 'x' }, { reason: '    ' }, { reason: 'x'.repeat(501) }, { reason, turn: 1 }])
    t.equal((await world.call('POST', path, body, world.asAdmin)).status, 400)
  t.same(openedIn(world), [])
  mkdirSync(join(world.dataDir, 'logs'), { recursive: true })
  writeFileSync(join(world.dataDir, 'logs', 'audit'), 'not a folder')
  t.match(await world.call('POST', path, { reason }, world.asAdmin), { status: 503, body: { code: 'AUDIT_UNAVAILABLE' } })
})
