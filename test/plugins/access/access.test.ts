import t from 'tap'
import { ROLES, type Role } from '../../../src/access/roles.ts'
import { buildAppWorld, TEA } from '../../worlds/app-world.ts'
import { bearer, openKeys } from '../../worlds/key-world.ts'
import { until } from '../../worlds/until.ts'

/** What decision D18 grants. Written by hand: the routes declare the same in another way. */
const GRANTS: Readonly<Record<Role, RegExp>> = {
  chat: /^(POST \/chat|.* \/sessions|.* \/sessions\/.*|.* \/turns\/.*|.* \/search)$/,
  read: /^(GET|HEAD) (\/metrics|\/admin\/analysis\/:name)$/,
  operator:
    /^((GET|HEAD) \/metrics|\w+ \/admin\/(log-level|alerts|analysis\/:name|alerts\/history|sessions\/.*)|(GET|HEAD) \/(hello|cause-error))$/,
  curator: /^(.* \/documents.*|.* \/search)$/,
  auditor: /^$/,
  admin: /./,
}
const FOR_EVERYONE = /^(GET|HEAD) \/(health|health\/live|health\/ready|favicon\.ico|runbooks\/:rule)?$/
const FOR_EVERY_ROLE = /^(GET|HEAD) \/docs/

t.test('every route is open to the roles of the table only, with every kind of credential', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const keys = openKeys(t, world)
  const credentials: { readonly name: string; readonly headers: Record<string, string>; readonly role?: Role }[] = [
    { name: 'none', headers: {} },
    { name: 'not a key', headers: bearer('secret') },
    { name: 'unknown', headers: bearer(openKeys(t, { dataDir: t.testdir() }).create('admin').text) },
    { name: 'basic', headers: { authorization: 'Basic YWRtaW46YWRtaW4=' } },
    ...ROLES.map(role => ({ name: role, headers: bearer(keys.create(role).text), role })),
    { name: 'machine', headers: world.asAdmin, role: 'admin' },
  ]
  const expired = openKeys(t, world, () => Date.now() - 10_000).create('admin', { lifetimeMs: 5000 })
  const revoked = keys.create('admin')
  keys.revoke(revoked.key.id)
  credentials.push({ name: 'expired', headers: bearer(expired.text) }, { name: 'revoked', headers: bearer(revoked.text) })
  let tried = 0
  for (const { method, url } of world.app.listAccess()) {
    const route = `${method} ${url}`
    const path = url.replace(':id', 'A'.repeat(24)).replace('*', 'some/document.md')
    for (const { name, headers, role } of credentials) {
      const isOpen = FOR_EVERYONE.test(route)
      const isGranted = role !== undefined && (GRANTS[role].test(route) || FOR_EVERY_ROLE.test(route))
      // Many failures of one client would be answered late.
      const remoteAddress = `10.0.${tried >> 8}.${tried & 255}`
      const { statusCode } = await world.app.inject({ method: method as 'GET', url: path, headers, remoteAddress })
      const refusal = isOpen || isGranted ? undefined : role === undefined ? 401 : 403
      if (refusal === undefined) t.notOk([401, 403].includes(statusCode), `${route}: ${name} is admitted`)
      else t.equal(statusCode, refusal, `${route}: ${name} is refused`)
      tried++
    }
  }
  t.comment(`${world.app.listAccess().length} routes, ${tried} combinations`)
  t.ok(world.app.listAccess().length > 40)
})

t.test('every route declares its access', async t => {
  const { app } = await buildAppWorld(t)
  const closed = app.listAccess().filter(({ access }) => access.length === 0)
  t.same(closed, [])
})

t.test('without access control, only admin routes ask for a key or the token of the machine', async t => {
  const world = await buildAppWorld(t)
  t.equal((await world.chat('hello', {}, bearer('anything'))).status, 200)
  t.match(await world.call('GET', '/admin/log-level'), { status: 401, headers: { 'www-authenticate': 'Bearer' } })
  t.equal((await world.call('GET', '/admin/log-level', undefined, world.asAdmin)).status, 200)
  const keys = openKeys(t, world)
  t.equal((await world.call('GET', '/admin/log-level', undefined, bearer(keys.create('operator').text))).status, 200)
})

t.test('a key that is created or revoked while the server runs counts within a second', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const keys = openKeys(t, world)
  const ask = (text: string) => world.chat('hello', {}, bearer(text)).then(({ status }) => status)
  t.equal(await ask('plc_'), 401)
  const { key, text } = keys.create('chat')
  await until(async () => (await ask(text)) === 200)
  keys.revoke(key.id)
  await until(async () => (await ask(text)) === 401)
  const firstUses = () => world.trail().filter(({ event }) => event === 'key_first_used')
  await until(() => firstUses().length > 0)
  t.match(firstUses(), [{ key_id: key.id, actor: 'loopback' }])
})

t.test('the record of what a user does names the key that named the user', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const { key, text } = openKeys(t, world).create('chat')
  const { body } = await world.chat('hello', { user_id: 'ada' }, bearer(text))
  await world.chat('/forget', { session_id: body.session_id, user_id: 'ada' }, bearer(text))
  t.match(
    world.trail().find(({ event }) => event === 'content_erased'),
    { actor: new RegExp(`^u_\\S+ by key:${key.id}$`) },
  )
})

t.test('a key and the one that replaces it are valid at once, and share sessions', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const keys = openKeys(t, world)
  const old = keys.create('chat')
  const { body } = await world.chat('hello', {}, bearer(old.text))
  const next = keys.rotate(old.key.id, 60_000, () => undefined)
  await until(async () => (await world.chat('hello', {}, bearer(next.text))).status === 200)
  for (const { text } of [old, next])
    t.equal((await world.chat('hello', { session_id: body.session_id }, bearer(text))).status, 200)
  t.throws(() => keys.rotate(next.key.id, 60_000, () => undefined), { code: 'KEY_UNUSABLE' })
})

t.test('a session and its turns belong to the application that opened it', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const keys = openKeys(t, world)
  const [ours, theirs, admin] = [keys.create('chat'), keys.create('chat'), keys.create('admin')].map(({ text }) => bearer(text))
  await world.call('PUT', '/documents/tea.md', TEA, admin)
  const { body } = await world.chat('how is green tea brewed?', { user_id: 'ada' }, ours)
  const { session_id: session, turn_id: turn } = body
  for (const stranger of [theirs, admin]) {
    t.match(await world.chat('and black tea?', { session_id: session }, stranger), { status: 404 })
    t.match(await world.call('GET', `/sessions/${session}`, undefined, stranger), { status: 404 })
    t.match(await world.call('GET', `/sessions/${session}/turns`, undefined, stranger), { status: 404 })
    t.match(await world.call('GET', `/turns/${turn}`, undefined, stranger), { status: 404 })
    t.match(await world.call('POST', `/turns/${turn}/feedback`, { correct: true }, stranger), { status: 404 })
    t.match(await world.call('DELETE', `/sessions/${session}`, undefined, stranger), { status: 404 })
  }
  t.equal((await world.call('GET', `/turns/${turn}`, undefined, ours)).status, 200)
  t.equal((await world.call('GET', `/sessions/${session}/turns`, undefined, ours)).body.turns.length, 1)
})

t.test('users and idempotency keys of two applications never meet', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys', MAX_SESSIONS_PER_USER: '1' })
  const keys = openKeys(t, world)
  const [ours, theirs] = [keys.create('chat'), keys.create('chat')].map(({ text }) => bearer(text))
  const first = await world.chat('hello', { user_id: 'ada' }, { ...ours, 'idempotency-key': '1' })
  const second = await world.chat('hello', { user_id: 'ada' }, { ...theirs, 'idempotency-key': '1' })
  t.not(second.body.session_id, first.body.session_id)
  t.notOk(second.headers['idempotent-replayed'])
  t.equal((await world.chat('hello', { session_id: first.body.session_id }, ours)).status, 200, 'it was not pushed out')
})

t.test('a host that is not listed is refused, except for the health of the server', async t => {
  const world = await buildAppWorld(t, { ALLOWED_HOSTS: 'pellucid, Chat.example' })
  const ask = (host: string, url = '/documents') => world.app.inject({ url, headers: { host } }).then(reply => reply.statusCode)
  for (const host of ['localhost:8000', '127.0.0.1', '[::1]:8000', 'pellucid:8000', 'chat.example', 'CHAT.EXAMPLE:443'])
    t.equal(await ask(host), 200, host)
  for (const host of ['evil.example', 'evil.example:8000', 'localhost.evil.example', '127.0.0.1.evil.example', 'pellucid.evil'])
    t.equal(await ask(host), 421, host)
  for (const url of ['/health', '/health/live', '/health/ready']) t.equal(await ask('10.0.0.5:8000', url), 200, url)
  t.equal(await ask('evil.example', '/nowhere'), 421)
})

t.test('refusals are counted and recorded once a minute for each client, without the credential', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const guess = openKeys(t, { dataDir: t.testdir() }).create('admin').text
  for (let n = 0; n < 5; n++) await world.chat('hello', {}, bearer(guess))
  const events = () => world.trail().filter(({ event }) => event === 'security_event')
  await until(() => events().length > 0)
  t.match(events(), [{ kind: 'failed_authentication', reason: 'unknown', method: 'POST', route: '/chat', actor: 'loopback' }])
  t.equal(events().length, 1)
  t.equal(world.lines.filter(({ msg }) => msg === 'Security event').length, 1)
  t.notMatch(JSON.stringify([world.trail(), world.lines]), guess.slice(4, 20))
})

t.test('only callers who may read see what the readiness checks found', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const keys = openKeys(t, world)
  const [chat, read] = [keys.create('chat'), keys.create('read')].map(({ text }) => bearer(text))
  t.same((await world.call('GET', '/health/ready')).body, { status: 'ready' })
  t.same((await world.call('GET', '/health/ready', undefined, chat)).body, { status: 'ready' })
  t.hasProp((await world.call('GET', '/health/ready', undefined, read)).body, 'checks')
})

t.test('beyond loopback a server starts only with a key, or if access control is switched off', async t => {
  const settings = { HOST: '0.0.0.0' }
  await t.rejects(buildAppWorld(t, settings), { code: 'CONFIGURATION_INVALID', message: /pellucid keys create/ })
  t.equal((await (await buildAppWorld(t, { ...settings, ACCESS: 'off' })).chat('hello')).status, 200)
  t.equal((await (await buildAppWorld(t, { ...settings, ACCESS: 'keys' })).chat('hello')).status, 401)
})
