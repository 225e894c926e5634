import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'
import { bearer, openKeys } from '../../worlds/key-world.ts'

const FLOODER = '203.0.113.9'

const post = ({ app }: AppWorld, url: string, remoteAddress: string, payload?: object, headers = {}) =>
  app.inject({ method: 'POST', url, remoteAddress, headers, ...(payload && { payload }) })
const open = (world: AppWorld, address: string, headers = {}) => post(world, '/sessions', address, undefined, headers)
const chat = (world: AppWorld, address: string, payload = {}) => post(world, '/chat', address, { message: '/help', ...payload })
const countOpen = ({ app }: AppWorld) => app.sessionManager.countActive()
/** How many sessions each client has open. */
const clientsOf = ({ app }: AppWorld) =>
  app.databaseManager.manager.all<{ client: string | null }>`SELECT client FROM sessions WHERE state = 'open'`.map(
    ({ client }) => client,
  )

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'pellucid-limits-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

t.test('10,000 sessions without a message lock no new user out, after a restart neither', async t => {
  const settings = { DATA_DIR: folder(t) }
  const world = await buildAppWorld(t, settings)
  for (let sent = 0; sent < 10_000; sent += 50)
    for (const { statusCode } of await Promise.all(Array.from({ length: 50 }, () => open(world, FLOODER))))
      t.equal(statusCode, 201)
  t.equal(await countOpen(world), 1000)
  for (const address of ['192.0.2.1', FLOODER]) {
    t.equal((await open(world, address)).statusCode, 201)
    t.equal((await chat(world, address)).statusCode, 200)
  }
  await world.app.close()
  const restarted = await buildAppWorld(t, settings)
  t.equal((await chat(restarted, '192.0.2.2')).statusCode, 200)
  t.ok((await countOpen(restarted)) <= 1010)
})

t.test('a full server makes room for a message: first of sessions without one, oldest first', async t => {
  const world = await buildAppWorld(t, { MAX_SESSIONS: '3' })
  const first = (await open(world, FLOODER)).json().session_id
  const second = (await open(world, FLOODER)).json().session_id
  const own = (await chat(world, '192.0.2.1')).json().session_id
  t.equal((await open(world, '192.0.2.2')).statusCode, 503, 'without a message there is no room')
  t.equal((await open(world, FLOODER)).statusCode, 201, 'its own make room for another')
  t.equal((await chat(world, FLOODER, { session_id: first })).statusCode, 410)
  t.equal((await chat(world, '192.0.2.2')).statusCode, 200)
  t.equal((await chat(world, FLOODER, { session_id: second })).statusCode, 410)
  t.equal((await chat(world, '192.0.2.3')).statusCode, 200)
  t.match((await chat(world, '192.0.2.4')).json(), { code: 'SESSION_LIMIT_REACHED' }, 'all have messages')
  t.equal((await chat(world, '192.0.2.1', { session_id: own })).statusCode, 200)
})

t.test('if all sessions have messages, the longest idle one of the client with most makes room', async t => {
  const world = await buildAppWorld(t, { MAX_SESSIONS: '5', MAX_SESSIONS_PER_CLIENT: '2' })
  const own = (await chat(world, '192.0.2.1')).json().session_id
  const taken: string[] = []
  for (let n = 0; n < 4; n++) taken.push((await chat(world, FLOODER)).json().session_id)
  t.equal((await chat(world, FLOODER, { session_id: taken[0] })).statusCode, 200, 'now the second one is idle for longest')
  t.equal((await chat(world, '192.0.2.2')).statusCode, 200)
  t.equal((await chat(world, FLOODER, { session_id: taken[1] })).statusCode, 410)
  t.equal((await chat(world, FLOODER, { session_id: taken[0] })).statusCode, 200)
  t.equal((await chat(world, '192.0.2.3')).statusCode, 200)
  t.equal((await chat(world, '192.0.2.4')).statusCode, 503, 'no client has more than two')
  t.equal((await chat(world, '192.0.2.1', { session_id: own })).statusCode, 200, 'others keep theirs')
})

t.test('a session without a message lives for ten minutes, and with its first one as long as others', async t => {
  const world = await buildAppWorld(t)
  const livesFor = ({ created_at: from, expires_at: to }: Record<string, string>) => Date.parse(to ?? '') - Date.parse(from ?? '')
  const session = (await open(world, '192.0.2.1')).json()
  t.equal(livesFor(session), 600_000)
  await chat(world, '192.0.2.1', { session_id: session.session_id })
  t.ok(livesFor((await world.call('GET', `/sessions/${session.session_id}`)).body) >= 3_600_000)
  const brief = await buildAppWorld(t, { SESSION_IDLE_TIMEOUT_S: '60' })
  t.equal(livesFor((await open(brief, '192.0.2.1')).json()), 60_000)
})

t.test('a client is the application of the key, or the network; its address is not stored', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys', MAX_SESSIONS_PER_CLIENT: '1' })
  const key = openKeys(t, world).create('chat')
  await open(world, '192.0.2.1', bearer(key.text))
  const { session_id: id } = (await open(world, '192.0.2.2', bearer(key.text))).json()
  t.same(clientsOf(world), [key.key.application], 'of two without a message, the newer is open')
  await world.call('DELETE', `/sessions/${id}`, undefined, bearer(key.text))
  t.same(world.app.databaseManager.manager.all`SELECT 1 FROM sessions WHERE client IS NOT NULL`, [], 'kept while it is open')

  const anonymous = await buildAppWorld(t)
  for (const address of ['2001:db8::1', '2001:db8::2', '127.0.0.1']) await open(anonymous, address)
  const [one, two, local] = clientsOf(anonymous).toSorted((a, b) => Number(a === 'loopback') - Number(b === 'loopback'))
  t.match(one, /^u_/)
  t.equal(one, two)
  t.equal(local, 'loopback')
})
