/** What the grammar of bad requests combines. */

export type Random = () => number

/** A random integer, at least 0 and below the limit. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

export const METHODS = 'GET POST PUT DELETE PATCH HEAD OPTIONS TRACE PROPFIND MKCOL M-SEARCH BREW get G\0T G(T'.split(' ')

export const PATHS = [
  '/chat',
  '/sessions',
  '/sessions/absent',
  '/sessions/absent/turns',
  '/turns/absent',
  '/turns/absent/feedback',
  '/documents',
  '/documents/hostile',
  '/search?q=tea',
  '/search',
  '/admin/log-level',
  '/admin/sessions/absent/open',
  '/health',
  '/absent',
  '/docs/static/absent',
] as const

export const TARGETS: readonly ((random: Random) => string)[] = [
  random => `/docs/static/${'../'.repeat(below(random, 20))}etc/passwd`,
  random => `/documents/${'%2e%2e%2f'.repeat(below(random, 20))}a`,
  random => `/turns/%${hex(random)}%${hex(random)}`,
  random => `/sessions/${'a'.repeat(below(random, 15_000))}`,
  random => `/search?q=${'%ff'.repeat(below(random, 50))}&limit=${below(random, 1e9) - 1e8}`,
  random => `/search?${'q=a&'.repeat(below(random, 2000))}`,
  random => `/sessions/a/turns?before=${randomText(random, 30)}&limit=x`,
  random => `/turns/${randomText(random, 40)}`,
  () => '//',
  () => '*',
  () => 'http://example.org/chat',
  () => '/documents/%00',
  () => '/documents/\x00',
  () => '/%E0%A4%A',
  () => '/chat#a',
  () => '\\chat',
  () => '/a b',
]

export const HEADERS: readonly ((random: Random) => string)[] = [
  random => Array.from({ length: below(random, 3000) }, (_, i) => `x${i}: ${i}`).join('\r\n') || 'A: b',
  random => `X-Long: ${'a'.repeat(below(random, 40_000))}`,
  random => `Expect: ${random() < 0.5 ? '100-continue' : randomText(random, 8)}`,
  random => `X-Request-Id: ${randomText(random, 200)}`,
  random => `Idempotency-Key: ${randomText(random, 300)}`,
  random => `traceparent: 00-${'0'.repeat(below(random, 40))}-${randomText(random, 16)}-01`,
  random => `Cookie: ${randomText(random, 500)}`,
  random => `If-None-Match: "${randomText(random, 20)}"`,
  () => 'Connection: Upgrade\r\nUpgrade: websocket',
  () => 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  () => 'Host: b',
  () => 'Host:',
  () => 'no colon',
  () => 'Space : before the colon',
  () => ' folded',
  () => 'Nul: a\0b',
  () => 'N(ame: a',
  () => ': a',
  () => 'Bare: a\nLine: feed',
  () => 'Accept: application/xml',
  () => 'Accept-Encoding: gzip;q=a',
  () => 'Range: bytes=0-,1-,2-',
  () => 'X-Forwarded-For: 999.999.999.999',
]

export const CONTENT_TYPES = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=a',
  'application/json; charset=utf-16',
  'application/json;;;',
  'application/jsonp',
  'a',
  '/',
  '*/*',
  'application/json, text/html',
]

const FIELDS = 'message session_id user_id correct document_id format text title url level __proto__ constructor'.split(' ')
const VALUES = ['null', 'true', '-1', '1e999', '""', '" "', '"a\\u0000"', '"\\ud800"', '[]', '{}', '["a"]', '"text"', '"html"']

export const BODIES: readonly ((random: Random) => Buffer)[] = [
  () => Buffer.alloc(0),
  random => Buffer.from(`{${Array.from({ length: 1 + below(random, 4) }, () => field(random)).join(',')}}`),
  random => Buffer.from('['.repeat(1 + below(random, 5000))),
  random => nest(1 + below(random, 3000), '[', ']'),
  random => nest(1 + below(random, 3000), '{"a":', '}'),
  random => Buffer.from(`[${'1,'.repeat(below(random, 20_000))}1]`),
  random => Buffer.from(`{"message":"${'a'.repeat(below(random, 20_000))}"}`),
  random => Buffer.from(`{"message":"${'>* '.repeat(below(random, 2000))}"}`),
  random => Buffer.from(`{"format":"html","text":"${'<div>'.repeat(below(random, 5000))}"}`),
  random => Buffer.concat([Buffer.from('{"message":"caf'), randomBytes(random, 8), Buffer.from('"}')]),
  random => randomBytes(random, 300),
  () => Buffer.from('{"message":"a","message":1}'),
  () => Buffer.from('\ufeff{"message":"a"}'),
  () => Buffer.from('{"message":"a"} trailing'),
  () => Buffer.from("{'message':'a'}"),
  () => Buffer.from('NaN'),
]

export const CHUNKS: readonly ((random: Random) => Buffer)[] = [
  random => Buffer.from(`${randomText(random, 6)}\r\nabc\r\n0\r\n\r\n`),
  () => Buffer.from('-1\r\na\r\n0\r\n\r\n'),
  () => Buffer.from('ffffffffffffffffff\r\na'),
  () => Buffer.from('0x5\r\nabcde\r\n0\r\n\r\n'),
  () => Buffer.from('5\r\nabcdeXX0\r\n\r\n'),
  () => Buffer.from('3\nabc\n0\n\n'),
  random => Buffer.from(`3;${'a'.repeat(below(random, 40_000))}\r\nabc\r\n0\r\n\r\n`),
  random => Buffer.from(`3\r\nabc\r\n0\r\nTrailer: ${'a'.repeat(below(random, 40_000))}\r\n\r\n`),
  random => Buffer.from(`${'1\r\na\r\n'.repeat(below(random, 5000))}0\r\n\r\n`),
  random => Buffer.from('1\r\na\r\n'.repeat(below(random, 100))),
]

export const LENGTHS = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length: 0x10',
  'Content-Length: 1e3',
  'Content-Length: 99999999999999999999',
  'Content-Length : 5',
  'Content-Length: 5\r\n ',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding:\vchunked',
]

export const NOISE: readonly ((random: Random) => Buffer)[] = [
  random => randomBytes(random, 1 + below(random, 2000)),
  random => Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1]), randomBytes(random, 200)]),
  () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  () => Buffer.from('GET /\r\n\r\n'),
  () => Buffer.from('GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'),
  () => Buffer.from('CONNECT example.org:443 HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  random => Buffer.from('\r\n'.repeat(below(random, 1000))),
]

function field(random: Random): string {
  return `"${FIELDS[below(random, FIELDS.length)]}":${VALUES[below(random, VALUES.length)]}`
}

function nest(depth: number, open: string, close: string): Buffer {
  return Buffer.from(`${open.repeat(depth)}1${close.repeat(depth)}`)
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)))
}

/** Printable characters of ASCII and Latin-1. */
function randomText(random: Random, length: number): string {
  const codes = Array.from({ length: 1 + below(random, length) }, () => 0x21 + below(random, 0xdf))
  return String.fromCharCode(...codes)
}

function hex(random: Random): string {
  return below(random, 256).toString(16).padStart(2, '0')
}
