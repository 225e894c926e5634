import { connect } from 'node:net'
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { buildAppWorld } from './worlds/app-world.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

t.test('every refused request gets an error of the same shape, which names the problem', async t => {
  const { app } = await buildAppWorld(t)
  const cases: [string, InjectOptions, number, string, RegExp][] = [
    [
      'broken JSON',
      { method: 'POST', url: '/chat', headers: JSON_TYPE, payload: '{"message": ' },
      400,
      'VALIDATION_ERROR',
      /JSON/,
    ],
    ['an empty body', { method: 'POST', url: '/chat', headers: JSON_TYPE, payload: '' }, 400, 'VALIDATION_ERROR', /empty|body/i],
    ['no body', { method: 'POST', url: '/chat' }, 400, 'VALIDATION_ERROR', /body must be object/],
    ['no message', { method: 'POST', url: '/chat', payload: {} }, 400, 'VALIDATION_ERROR', /message/],
    [
      'a number for a message',
      { method: 'POST', url: '/chat', payload: { message: 7 } },
      400,
      'VALIDATION_ERROR',
      /body\.message must be string/,
    ],
    [
      'a list for a message',
      { method: 'POST', url: '/chat', payload: { message: ['a'] } },
      400,
      'VALIDATION_ERROR',
      /body\.message must be string/,
    ],
    [
      'null for a message',
      { method: 'POST', url: '/chat', payload: { message: null } },
      400,
      'VALIDATION_ERROR',
      /body\.message must be string/,
    ],
    [
      'a blank message',
      { method: 'POST', url: '/chat', payload: { message: ' \n\t' } },
      400,
      'VALIDATION_ERROR',
      /body\.message must not be blank/,
    ],
    [
      'an unknown field',
      { method: 'POST', url: '/chat', payload: { message: 'hi', colour: 'red' } },
      400,
      'VALIDATION_ERROR',
      /unknown field "colour"/,
    ],
    [
      'a NUL',
      { method: 'POST', url: '/chat', payload: { message: 'a\0b' } },
      400,
      'VALIDATION_ERROR',
      /well formed text without NUL/,
    ],
    [
      'a lone surrogate',
      { method: 'POST', url: '/chat', headers: JSON_TYPE, payload: '{"message":"a\\ud800"}' },
      400,
      'VALIDATION_ERROR',
      /well formed/,
    ],
    [
      'a long message',
      { method: 'POST', url: '/chat', payload: { message: 'a'.repeat(8001) } },
      400,
      'VALIDATION_ERROR',
      /8000 characters/,
    ],
    [
      'a megabyte',
      { method: 'POST', url: '/chat', payload: { message: 'a'.repeat(1_000_000) } },
      413,
      'PAYLOAD_TOO_LARGE',
      /larger/,
    ],
    [
      '__proto__',
      { method: 'POST', url: '/chat', headers: JSON_TYPE, payload: '{"message":"hi","__proto__":{"a":1}}' },
      400,
      'VALIDATION_ERROR',
      /JSON|proto/,
    ],
    [
      'constructor',
      { method: 'POST', url: '/chat', headers: JSON_TYPE, payload: '{"message":"hi","constructor":{"prototype":{}}}' },
      400,
      'VALIDATION_ERROR',
      /./,
    ],
    [
      'text',
      { method: 'POST', url: '/chat', headers: { 'content-type': 'text/plain' }, payload: 'hi' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      /type/,
    ],
    [
      'XML',
      { method: 'POST', url: '/chat', headers: { 'content-type': 'application/xml' }, payload: '<a/>' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      /type/,
    ],
    ['an unknown path', { method: 'GET', url: '/unknown' }, 404, 'ROUTE_NOT_FOUND', /path/],
    ['a path that cannot be decoded', { method: 'GET', url: '/turns/%E0%A4%A' }, 400, 'MALFORMED_REQUEST', /./],
    ['a wrong method', { method: 'DELETE', url: '/chat' }, 405, 'METHOD_NOT_ALLOWED', /method/],
    ['a page too large', { method: 'GET', url: '/search?q=a&limit=101' }, 400, 'VALIDATION_ERROR', /limit must be <= 100/],
    ['an unknown query parameter', { method: 'GET', url: '/search?q=a&size=3' }, 400, 'VALIDATION_ERROR', /unknown field "size"/],
    ['a query that is a list', { method: 'GET', url: '/search?q=a&q=b' }, 400, 'VALIDATION_ERROR', /q must be string/],
    ['a path parameter too long', { method: 'GET', url: `/turns/${'a'.repeat(4000)}` }, 414, 'URI_TOO_LONG', /long/],
    [
      'feedback as a string',
      { method: 'POST', url: '/turns/x/feedback', payload: { correct: 'true' } },
      400,
      'VALIDATION_ERROR',
      /correct must be boolean/,
    ],
  ]
  for (const [what, request, status, code, message] of cases) {
    const reply = await app.inject(request)
    const body = reply.json()
    t.match({ status: reply.statusCode, ...body }, { status, statusCode: status, code, message, request_id: /.+/ }, what)
    t.same(Object.keys(body), ['statusCode', 'code', 'error', 'message', 'request_id'], what)
  }
})

t.test('a body that is not valid UTF-8 is refused', async t => {
  const { app } = await buildAppWorld(t)
  const payload = Buffer.from([...Buffer.from('{"message":"caf'), 0xe9, ...Buffer.from('"}')])
  const reply = await app.inject({ method: 'POST', url: '/chat', headers: JSON_TYPE, payload })
  t.match({ status: reply.statusCode, ...reply.json() }, { status: 400, code: 'VALIDATION_ERROR', message: /UTF-8/ })
})

t.test('the URL of a document is a web address or a path', async t => {
  const { call } = await buildAppWorld(t)
  const put = (url: string) => call('PUT', '/documents/a', { format: 'text', text: 'a', url })
  t.match(await put('javascript:alert(1)'), { status: 400, body: { message: /body\.url must be a web address/ } })
  t.equal((await put('https://example.org/a')).status, 201)
  t.equal((await put('/docs/a')).status, 200)
})

t.test('the reply to a wrong method lists the allowed methods', async t => {
  const { call } = await buildAppWorld(t)
  t.equal((await call('DELETE', '/chat')).headers.allow, 'POST')
  t.match(String((await call('POST', '/documents/a%2Fb', {})).headers.allow), /GET.*PUT|DELETE.*GET/)
})

t.test('an internal error shows no internals to the caller, and has one log line with its cause', async t => {
  const { call, lines } = await buildAppWorld(t)
  const { status, body } = await call('GET', '/cause-error')
  t.match({ status, ...body }, { status: 500, error: 'Something went wrong', message: 'Internal server error' })
  t.notMatch(JSON.stringify(body), /purpose|stack|\.ts/)
  const failures = lines.filter(line => JSON.stringify(line).includes('on purpose'))
  t.equal(failures.length, 1)
  t.match(failures[0], { level: 50, request_id: body.request_id, code: 'DIAGNOSTIC_ERROR' })
})

t.test('GET /hello replies and logs a line', async t => {
  const { call, lines } = await buildAppWorld(t)
  t.same((await call('GET', '/hello')).body, { message: 'Hello!' })
  t.ok(lines.some(line => line.msg === 'Hello endpoint was called'))
})

t.test('diagnostic routes do not exist unless enabled', async t => {
  const { call } = await buildAppWorld(t, { DIAGNOSTIC_ROUTES: 'false' })
  t.equal((await call('GET', '/cause-error')).status, 404)
})

t.test('a request id from the client is used only if it is well-formed', async t => {
  const { call } = await buildAppWorld(t)
  t.equal((await call('GET', '/unknown', undefined, { 'x-request-id': 'mine-1' })).body.request_id, 'mine-1')
  for (const id of ['a b', 'x'.repeat(129), '<script>', '']) {
    t.match(
      (await call('GET', '/unknown', undefined, { 'x-request-id': id })).body.request_id,
      /^[0-9a-f-]{36}$/,
      JSON.stringify(id),
    )
  }
})

t.test('bytes that are not HTTP get an error of the same shape', async t => {
  const { app } = await buildAppWorld(t)
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
  t.match(await exchange(port, 'THIS IS NOT HTTP\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"code":"MALFORMED_REQUEST"/)
  t.match(
    await exchange(port, `GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/,
  )
})

t.test('messages in any script and with any special characters are answered and stored unchanged', async t => {
  const { call, chat } = await buildAppWorld(t)
  const odd = [
    '👩‍👩‍👧‍👦'.repeat(300),
    'Wie füge ich Dokumente hinzu?',
    '如何添加文档？',
    '\u202egnp.exe',
    '"; DROP TABLE turns; --',
    '/'.repeat(100),
    "/search 'unclosed",
    '//help',
    '%s %d {}',
    '../../etc/passwd',
  ]
  for (const message of odd) {
    const { status, body } = await chat(message)
    t.equal(status, 200, message.slice(0, 30))
    t.equal((await call('GET', `/sessions/${body.session_id}/turns`)).body.turns[0].message, message, 'stored unchanged')
  }
})

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', data => {
      reply += data
    })
    socket.on('close', () => resolve(reply))
    socket.on('error', reject)
  })
}
