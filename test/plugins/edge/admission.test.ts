import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { bearer, openKeys } from '../../worlds/key-world.ts'
import { until } from '../../worlds/until.ts'

const REQUESTS = 1100
/** Places of a server whose capacity is not measured yet. */
const PLACES = 1000

t.test('a server with too many requests in progress refuses others at once, and answers probes', async t => {
  const { call, lines } = await buildAppWorld(t)
  const replies = Array.from({ length: REQUESTS }, (_, i) =>
    call('POST', '/chat', { message: `/help ${i}` }, { 'x-request-id': `id-${i}` }),
  )
  t.equal((await call('GET', '/health')).status, 200)
  t.equal((await call('GET', '/metrics')).body.code, 'TELEMETRY_OFF', 'not OVERLOADED')
  const all = await Promise.all(replies)
  const refused = all.filter(({ status }) => status === 503)
  t.equal(all.filter(({ status }) => status === 200).length, PLACES)
  t.equal(refused.length, REQUESTS - PLACES)
  for (const { body, headers } of refused) {
    const expected = { statusCode: 503, code: 'OVERLOADED', error: 'Service Unavailable', request_id: headers['x-request-id'] }
    t.match(body, { ...expected, message: 'The server is overloaded. Retry later' })
    t.same(Object.keys(body), ['statusCode', 'code', 'error', 'message', 'request_id'])
    t.match(headers, { 'retry-after': /^[1-9]\d?$/, 'content-type': 'application/json; charset=utf-8' })
  }
  t.equal((await call('POST', '/chat', { message: '/help' })).status, 200, 'places are given back')
  const reported = () =>
    lines.filter(({ msg }) => msg === 'Requests refused').reduce((sum, line) => sum + Number(line.refused), 0)
  await until(() => reported() >= refused.length)
  t.equal(reported(), refused.length)
})

t.test('an application, and an address without a key, may have 64 requests in progress', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys', RATE_LIMIT_PER_MINUTE: '0' })
  const keys = openKeys(t, world)
  const [ours, theirs] = [keys.create('chat'), keys.create('chat')].map(({ text }) => bearer(text))
  const statuses = async (replies: readonly Promise<{ readonly status: number }>[]) =>
    (await Promise.all(replies)).map(({ status }) => status)
  const [own, other] = await Promise.all([
    statuses(Array.from({ length: 100 }, () => world.chat('/help', {}, ours))),
    statuses(Array.from({ length: 10 }, () => world.chat('/help', {}, theirs))),
  ])
  t.equal(own.filter(status => status === 200).length, 64)
  t.equal(own.filter(status => status === 503).length, 36)
  t.notOk(other.includes(503), 'another application has its own')

  const { app } = await buildAppWorld(t)
  const ask = (remoteAddress: string) =>
    app.inject({ method: 'POST', url: '/chat', payload: { message: '/help' }, remoteAddress })
  const remote = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(`2001:db8::${n}`)))
  t.equal(remote.filter(({ statusCode }) => statusCode === 200).length, 64)
  t.equal((await ask('2001:db8::1')).statusCode, 200, 'places are given back')
})

t.test('a request gives back its place however it ends', async t => {
  const { call, app } = await buildAppWorld(t)
  const endings = [
    ['POST', '/chat', '{'],
    ['POST', '/chat', { message: '' }],
    ['GET', '/sessions/none/turns', undefined],
    ['GET', '/cause-error', undefined],
    ['GET', '/nowhere', undefined],
    ['PUT', '/documents/a', { format: 'text', text: 'Tea.' }],
    ['DELETE', '/documents/a', undefined],
  ] as const
  for (let i = 0; i < PLACES / endings.length + 1; i++) for (const [method, url, body] of endings) await call(method, url, body)
  t.not((await call('POST', '/chat', { message: '/help' })).status, 503)
  await app.close()
})
