import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { bearer, openKeys } from '../../worlds/key-world.ts'

const APP = 'https://app.example'
const open = (headers: Record<string, string>) => ({ method: 'POST', url: '/sessions', headers }) as const

t.test('a page of another site changes nothing, with or without a body', async t => {
  const world = await buildAppWorld(t)
  const status = async (headers: Record<string, string>) =>
    (await world.app.inject(open({ host: 'localhost:8000', ...headers }))).statusCode
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8000' },
  ]
  for (const headers of foreign) t.equal(await status(headers), 403, JSON.stringify(headers))
  const own: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://localhost:8000' },
  ]
  for (const headers of own) t.equal(await status(headers), 201, JSON.stringify(headers))
  t.equal(await world.app.sessionManager.countActive(), own.length)
  t.match(await world.chat('hello', {}, { origin: APP }), { status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } })
  const { statusCode, headers } = await world.app.inject({
    url: '/documents',
    headers: { origin: APP, 'sec-fetch-site': 'cross-site' },
  })
  t.equal(statusCode, 200)
  t.notHas(headers, { 'access-control-allow-origin': String }, 'the page cannot read it')
})

t.test('an origin in CORS_ORIGINS may use the API with a key, and others may not', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys', CORS_ORIGINS: `${APP}, https://other.example` })
  const { text } = openKeys(t, world).create('chat')
  const preflight = (origin: string) =>
    world.app.inject({ method: 'OPTIONS', url: '/chat', headers: { origin, 'access-control-request-method': 'POST' } })
  const allowed = await preflight(APP)
  t.equal(allowed.statusCode, 204, 'without a key')
  t.match(allowed.headers, { 'access-control-allow-origin': APP, 'access-control-allow-headers': /authorization/ })
  t.notHas(allowed.headers, { 'access-control-allow-credentials': String })
  t.notHas((await preflight('https://evil.example')).headers, { 'access-control-allow-origin': String })
  const headers = { ...bearer(text), 'sec-fetch-site': 'cross-site' }
  const reply = await world.chat('hello', {}, { ...headers, origin: APP })
  t.match(reply, {
    status: 200,
    headers: { 'access-control-allow-origin': APP, 'access-control-expose-headers': /x-request-id/ },
  })
  t.equal((await world.chat('hello', {}, { ...headers, origin: 'https://evil.example' })).status, 403)
  t.equal((await world.chat('hello', {}, { origin: APP })).status, 401, 'a key is needed')
})

t.test('a body of another content type than JSON is refused on every route', async t => {
  const world = await buildAppWorld(t)
  const routes = world.app.listAccess().filter(({ method }) => ['POST', 'PUT'].includes(method))
  t.ok(routes.length > 3)
  for (const { method, url } of routes)
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      '',
    ]) {
      const headers = { ...world.asAdmin, 'content-type': type }
      const reply = await world.app.inject({
        method: method as 'POST',
        url: url.replace(':id', 'a'),
        headers,
        payload: '{"message":"hi"}',
      })
      t.equal(reply.statusCode, 415, `${method} ${url} ${type}`)
    }
})
