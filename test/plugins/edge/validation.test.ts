import t from 'tap'
import { buildAppWorld, TEA } from '../../worlds/app-world.ts'

const wave = (count: number) => '👋'.repeat(count)

t.test('no type is converted in a body', async t => {
  const { call } = await buildAppWorld(t)
  for (const body of ['null', '[]', '7', '"hello"', '[{"message":"hi"}]'])
    t.match(await call('POST', '/chat', body), { status: 400, body: { message: 'body must be object' } }, body)
  for (const body of [
    { message: true },
    { message: 1 },
    { message: {} },
    { message: 'hi', session_id: null },
    { message: 'hi', user_id: 7 },
  ])
    t.match(await call('POST', '/chat', body), { status: 400, body: { message: /must be string/ } }, JSON.stringify(body))
  for (const correct of ['true', 1, null])
    t.match(await call('POST', '/turns/x/feedback', { correct }), { status: 400, body: { message: /must be boolean/ } })
})

t.test('a body of too many levels or values is refused, on every route and of any length', async t => {
  const { call } = await buildAppWorld(t)
  const refused = (message: RegExp) => ({ status: 400, body: { code: 'VALIDATION_ERROR', message } })
  t.match(await call('POST', '/chat', '['.repeat(100_000)), refused(/nested deeper than 32 levels/))
  t.match(await call('POST', '/sessions', `{"user_id":[${'{},'.repeat(500)}0]}`), refused(/more than 1000 values/))
  t.match(await call('PUT', '/documents/a', '['.repeat(8_000_000)), refused(/nested deeper than 32 levels/))
  t.match(await call('PUT', '/documents/a', `{"text":[${'"a",'.repeat(2_000_000)}0]}`), refused(/more than 1000 values/))
  const text = '[{,'.repeat(600_000)
  t.equal((await call('PUT', '/documents/a', { format: 'text', text })).status, 201, 'a text may contain any characters')
  t.equal((await call('GET', '/documents/a')).body.text, text)
})

t.test('numbers in a query are converted from text, if they are numbers', async t => {
  const { call } = await buildAppWorld(t)
  const { session_id } = (await call('POST', '/sessions')).body
  for (const path of ['/documents?', '/search?q=tea&', `/sessions/${session_id}/turns?`]) {
    for (const limit of ['1', '100']) t.equal((await call('GET', `${path}limit=${limit}`)).status, 200, `${path}limit=${limit}`)
    for (const limit of ['0', '101', '-1', '1.5', '', '%20', 'ten', 'true', 'null', 'NaN', 'Infinity', '1&limit=2'])
      t.match(await call('GET', `${path}limit=${limit}`), { status: 400, body: { message: /querystring.limit must be/ } }, limit)
  }
  for (const before of ['-1', '0', '1.5', 'x'])
    t.equal((await call('GET', `/sessions/${session_id}/turns?before=${before}`)).status, 400, before)
  t.equal((await call('GET', `/sessions/${session_id}/turns?before=99999999999999999999`)).status, 200)
})

t.test('the length of a text is limited in characters, not in bytes', async t => {
  const { call, chat } = await buildAppWorld(t)
  const bounds: [string, number, (text: string) => Promise<{ status: number }>][] = [
    ['message', 8000, message => chat(message)],
    ['user_id', 256, user_id => call('POST', '/sessions', { user_id })],
    ['title', 500, title => call('PUT', '/documents/tea', { ...TEA, title })],
    ['document id', 512, id => call('PUT', `/documents/${encodeURIComponent(id)}`, TEA)],
    ['Idempotency-Key', 255, key => chat('hello', {}, { 'idempotency-key': key.replaceAll('👋', 'x') })],
  ]
  for (const [what, bound, send] of bounds) {
    t.ok((await send(wave(bound))).status < 300, `${what} of ${bound}`)
    t.equal((await send(wave(bound + 1))).status, 400, `${what} of ${bound + 1}`)
    t.equal((await send('')).status, 400, `${what} of none`)
  }
})

t.test('the id of a document is the one in its path, with any characters', async t => {
  const { call } = await buildAppWorld(t)
  const ids = [
    'a/b',
    '../etc/passwd',
    'a%2Fb',
    '100%',
    'a?b',
    'a#b',
    'a+b',
    'a b',
    'a//b',
    '日本',
    '👋',
    '__proto__',
    "';--",
    '*',
  ]
  for (const id of ids)
    t.match(await call('PUT', `/documents/${encodeURIComponent(id)}`, TEA), { status: 201, body: { document_id: id } })
  t.match(await call('GET', '/documents/a/b'), { status: 200, body: { document_id: 'a/b' } }, 'slashes need no encoding')
  const listed: string[] = []
  let after = ''
  for (;;) {
    const { documents, next } = (await call('GET', `/documents?limit=3${after}`)).body
    listed.push(...documents.map((document: { document_id: string }) => document.document_id))
    if (next === null) break
    after = `&after=${encodeURIComponent(next)}`
  }
  t.same([...listed].sort(), [...ids].sort(), 'each is on one page of the list')
  for (const id of ids) t.equal((await call('DELETE', `/documents/${encodeURIComponent(id)}`)).status, 204, id)
  t.equal((await call('DELETE', '/documents/a%2Fb')).status, 404)
  for (const broken of ['%00', '%ED%A0%80', '%', '']) t.equal((await call('GET', `/documents/${broken}`)).status, 400, broken)
})

t.test('every route refuses unsupported methods in the same way', async t => {
  const { app } = await buildAppWorld(t)
  const cases = [
    ['OPTIONS', '/chat', 405, 'POST'],
    ['HEAD', '/chat', 405, 'POST'],
    ['TRACE', '/health', 405, 'GET, HEAD'],
    ['POST', '/sessions/x', 405, 'GET, HEAD, DELETE'],
    ['PATCH', '/turns/x/feedback', 405, 'POST'],
    ['HEAD', '/health', 200, undefined],
    ['OPTIONS', '*', 404, undefined],
    ['GET', '/chat/', 404, undefined],
    ['GET', '//chat', 404, undefined],
  ] as const
  for (const [method, url, status, allow] of cases) {
    const reply = await app.inject({ method: method as 'GET', url })
    t.match({ status: reply.statusCode, allow: reply.headers.allow }, { status, allow }, `${method} ${url}`)
  }
})

t.test('a repeated header is refused', async t => {
  const { chat, call } = await buildAppWorld(t)
  const first = await chat('hello', {}, { 'idempotency-key': 'a' })
  t.not((await chat('hello', {}, { 'idempotency-key': 'a, b' })).body.turn_id, first.body.turn_id)
  t.match((await call('GET', '/nowhere', undefined, { 'x-request-id': 'a, b' })).body.request_id, /^[0-9a-f-]{36}$/)
})
