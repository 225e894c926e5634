import t from 'tap'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'
import { bearer, openKeys } from '../../worlds/key-world.ts'
import { until } from '../../worlds/until.ts'

const get = ({ app }: AppWorld, url: string, headers = {}, remoteAddress = '127.0.0.1') =>
  app.inject({ url, headers, remoteAddress })
/** The statuses of so many requests. */
const repeat = async (count: number, ask: () => Promise<{ readonly statusCode: number }>) => {
  const statuses: number[] = []
  for (let n = 0; n < count; n++) statuses.push((await ask()).statusCode)
  return statuses
}

t.test('a key may send 300 requests in a minute, or as many as it was created for', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const keys = openKeys(t, world)
  const [usual, other, slow] = [keys.create('chat'), keys.create('chat'), keys.create('chat', { ratePerMinute: 2 })]
  const ask = ({ text }: { readonly text: string }) => get(world, '/sessions/unknown', bearer(text))
  t.match((await ask(usual)).headers, { 'ratelimit-limit': '300', 'ratelimit-remaining': '299', 'ratelimit-reset': '60' })
  t.same(new Set(await repeat(299, () => ask(usual))), new Set([404]))
  t.equal((await ask(usual)).statusCode, 429)
  t.equal((await ask(other)).statusCode, 404, 'another key has its own count')
  t.same(await repeat(3, () => ask(slow)), [404, 404, 429])
})

t.test('a refused request says when to retry, and is a security event', async t => {
  const world = await buildAppWorld(t, { RATE_LIMIT_PER_MINUTE: '1' })
  t.equal((await world.chat('hello')).status, 200)
  const { status, body, headers } = await world.chat('hello')
  t.match({ status, body }, { status: 429, body: { code: 'RATE_LIMITED', statusCode: 429, request_id: String } })
  t.equal(headers['retry-after'], headers['ratelimit-reset'])
  t.ok(Number(headers['retry-after']) > 0)
  const events = () => world.trail().filter(({ event }) => event === 'security_event')
  await until(() => events().length > 0)
  t.match(events(), [{ kind: 'rate_limited', route: '/chat', limit: 1 }])
})

t.test('without a key, addresses are counted, and IPv6 addresses by their first 64 bits', async t => {
  const world = await buildAppWorld(t, { RATE_LIMIT_PER_MINUTE: '1' })
  const ask = (address: string) => get(world, '/documents', {}, address).then(({ statusCode }) => statusCode)
  t.equal(await ask('192.0.2.1'), 200)
  t.equal(await ask('192.0.2.2'), 200)
  t.equal(await ask('192.0.2.2'), 429)
  t.equal(await ask('::ffff:192.0.2.1'), 429, 'the same address')
  t.equal(await ask('2001:db8:0:1::1'), 200)
  t.equal(await ask('2001:db8:0:1:ffff::2'), 429)
  t.equal(await ask('2001:db8:0:2::1'), 200)
  t.equal((await get(world, '/nowhere', {}, '192.0.2.1')).statusCode, 429, 'unknown paths count')
})

t.test('probes are not counted, and without access control there is no limit', async t => {
  const limited = await buildAppWorld(t, { RATE_LIMIT_PER_MINUTE: '1' })
  for (const url of ['/health', '/health/live', '/health/ready', '/metrics'])
    t.notOk((await repeat(3, () => get(limited, url))).includes(429), url)
  const world = await buildAppWorld(t)
  t.notOk((await repeat(301, () => get(world, '/documents'))).includes(429))
  t.notHas((await get(world, '/documents')).headers, { 'ratelimit-limit': String })
  const unlimited = await buildAppWorld(t, { ACCESS: 'keys', RATE_LIMIT_PER_MINUTE: '0' })
  t.notHas((await get(unlimited, '/nowhere')).headers, { 'ratelimit-limit': String })
})

t.test('requests without a key are counted by address before they are refused; a valid key there is not', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const { text } = openKeys(t, world).create('chat')
  t.same(new Set(await repeat(300, () => get(world, '/documents'))), new Set([401]))
  t.equal((await get(world, '/documents')).statusCode, 429)
  t.equal((await get(world, '/documents', bearer('guess'))).statusCode, 429)
  t.equal((await get(world, '/sessions/unknown', bearer(text))).statusCode, 404)
  t.equal((await get(world, '/documents', {}, '192.0.2.1')).statusCode, 401, 'another address has its own count')
})

t.test('requests that the role of a key may not send count for the key, not for its address', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  const { text } = openKeys(t, world).create('chat')
  t.same(new Set(await repeat(300, () => get(world, '/admin/log-level', bearer(text)))), new Set([403]))
  const { statusCode, headers } = await get(world, '/admin/log-level', bearer(text))
  t.equal(statusCode, 429)
  t.notHas(headers, { 'www-authenticate': String })
  t.equal((await get(world, '/documents')).statusCode, 401, 'the address has requests left')
})

t.test('of the refusals of a caller the first is a line, the others are counted in one', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys' })
  await repeat(400, () => get(world, '/documents'))
  await get(world, '/documents', {}, '192.0.2.1')
  const lines = () => world.lines.filter(({ msg }) => msg === 'Request refused').map(({ code, repeated }) => [code, repeated])
  const first = [
    ['UNAUTHENTICATED', undefined],
    ['RATE_LIMITED', undefined],
    ['UNAUTHENTICATED', undefined],
  ]
  t.same(lines(), first)
  await world.app.close()
  t.same(lines().slice(3).sort(), [
    ['RATE_LIMITED', 98],
    ['UNAUTHENTICATED', 298],
  ])
})
