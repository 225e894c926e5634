import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

const PROXY = '10.1.2.3'
const forwarded = (client: string) => ({ 'x-forwarded-for': client })

t.test('the client is the one that a trusted proxy reports', async t => {
  const world = await buildAppWorld(t, { TRUST_PROXY: '10.0.0.0/8, fd00::1', RATE_LIMIT_PER_MINUTE: '1' })
  const ask = (remoteAddress: string, headers = {}) =>
    world.app.inject({ url: '/documents', remoteAddress, headers }).then(({ statusCode }) => statusCode)
  t.equal(await ask(PROXY, forwarded('192.0.2.1')), 200)
  t.equal(await ask(PROXY, forwarded('192.0.2.1')), 429)
  t.equal(await ask(PROXY, forwarded('192.0.2.2')), 200)
  t.equal(await ask('fd00::1', forwarded('192.0.2.2')), 429)
  t.equal(await ask('::ffff:10.1.2.3', forwarded('192.0.2.2')), 429)
  t.equal(await ask(PROXY, forwarded('203.0.113.1, 192.0.2.2')), 429, 'what the client adds in front does not count')
  t.equal(await ask('192.0.2.2', forwarded('198.51.100.1')), 429, 'others are not believed')
  t.equal(await ask(PROXY, forwarded('<script>')), 200, 'the proxy itself')
  t.equal(await ask(PROXY), 429)
  const clients = world.lines.filter(({ msg }) => msg === 'Request served').map(({ client }) => client)
  t.equal(new Set(clients).size, 3)
  t.ok(clients.includes(world.app.pseudonym('192.0.2.1')))
  t.notMatch(JSON.stringify(world.lines), /TRUST_PROXY/)
})

t.test('a proxy may report the address with its port, or in brackets', async t => {
  const world = await buildAppWorld(t, { TRUST_PROXY: '10.0.0.0/8', RATE_LIMIT_PER_MINUTE: '1' })
  const ask = (client: string) =>
    world.app.inject({ url: '/documents', remoteAddress: PROXY, headers: forwarded(client) }).then(({ statusCode }) => statusCode)
  t.equal(await ask('192.0.2.1:51234'), 200)
  t.equal(await ask('192.0.2.1'), 429)
  t.equal(await ask('[2001:db8::1]:51234'), 200)
  t.equal(await ask('[2001:db8::1]'), 429)
  t.equal(await ask('2001:db8::1'), 429)
  t.equal(await ask('192.0.2.1:x'), 200, 'the proxy itself')
  t.equal(await ask('[192.0.2.1'), 429)
})

t.test('without TRUST_PROXY forwarding headers are ignored, and logged once', async t => {
  const world = await buildAppWorld(t, { RATE_LIMIT_PER_MINUTE: '2' })
  const ask = (headers: Record<string, string>) =>
    world.call('GET', '/documents', undefined, headers).then(({ status }) => status)
  t.equal(await ask(forwarded('192.0.2.1')), 200)
  t.equal(await ask({ forwarded: 'for=192.0.2.2' }), 200)
  t.equal(await ask(forwarded('192.0.2.3')), 429)
  const warnings = world.lines.filter(({ msg }) => String(msg).startsWith('Forwarding headers ignored'))
  t.match(warnings, [{ level: 40, setting: 'TRUST_PROXY' }])
  t.equal(warnings.length, 1)
})

t.test('the allowed hosts are those of the Host header, whatever a proxy reports', async t => {
  const world = await buildAppWorld(t, { TRUST_PROXY: '127.0.0.1' })
  const ask = (headers: Record<string, string>) =>
    world.call('GET', '/documents', undefined, headers).then(({ status }) => status)
  t.equal(await ask({ host: 'evil.example', 'x-forwarded-host': 'localhost' }), 421)
  t.equal(await ask({ host: 'localhost', 'x-forwarded-host': 'evil.example' }), 200)
})

t.test('a list of proxies must be addresses and ranges', async t => {
  for (const list of ['proxy', '10.0.0.0/33', '10.0.0.1,', '::1/129', '10.0.0.0/8/8', 'true'])
    await t.rejects(buildAppWorld(t, { TRUST_PROXY: list }), { code: 'CONFIGURATION_INVALID', message: /TRUST_PROXY.*CIDR/ })
})
