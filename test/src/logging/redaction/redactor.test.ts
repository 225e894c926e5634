import fc from 'fast-check'
import t from 'tap'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { readLabelled, scoreRedaction } from '../../../redaction-score.ts'
import { makeRedactionSet } from '../../../redaction-set.ts'

const { text, record } = createRedactor()

const LONG_TEXT = 2_000_000

t.test('the labelled set equals the output of its generator', async t => {
  t.same(readLabelled(), JSON.parse(JSON.stringify(makeRedactionSet())))
})

t.test('precision and recall of each kind are high, in the held-out part too', async t => {
  for (const part of ['tuned', 'held-out'] as const) {
    const { scores } = scoreRedaction(
      readLabelled().filter(labelled => labelled.part === part),
      text,
    )
    for (const [kind, { recall, precision }] of scores) {
      t.ok(recall >= 0.9, `${kind} (${part}): recall ${recall}`)
      t.ok(precision >= 0.9, `${kind} (${part}): precision ${precision}`)
    }
  }
})

t.test('a redacted value is replaced by its kind, and other text is unchanged', async t => {
  const texts: Record<string, string> = {
    'Mail ada@example.com, or call +1 (555) 123-4567.': 'Mail [email], or call [phone].',
    'card 4111 1111 1111 1111 12/26': 'card [card] 12/26',
    'card 4111 1111 1111 1112': 'card 4111 1111 1111 1112',
    'DE89 3704 0044 0532 0130 00 EUR 5': '[iban] EUR 5',
    '10.1.2.3 and ::ffff:10.1.2.3 and [2001:db8::1]:80': '[ip] and [ip] and [[ip]]:80',
    'SSN 123-45-6789, Aadhaar 2341 2341 2346, PAN ABCPD1234K': 'SSN [ssn], Aadhaar [aadhaar], PAN [pan]',
    'https://root:pw@host/x?access_token=abc&page=2#top': 'https://[credentials]@host/x?access_token=[secret]&page=2#top',
    '{"password":"a\\"b","n":1}': '{"password":"[secret]","n":1}',
    'Cookie: sid=1; theme=dark\nnext': 'Cookie: [secret]\nnext',
    'Authorization: Bearer abc.def\nnext': 'Authorization: [secret]\nnext',
    'a password, unclosed: password="all of the rest': 'a password, unclosed: password="[secret]',
    '-----BEGIN PRIVATE KEY-----\nhalf of it': '[private-key]',
    '电话１３８１２３４５６７８，谢谢': '电话[phone]，谢谢',
    'ada@exa\u200Bmple.com': '[email]',
    'write to ada﹫example﹒com': 'write to [email]',
    'to _ada.lovelace@example.com_ or **bob_@example.org**': 'to [email]_ or **[email]**',
    'ada@example.com- thanks, bob@example.org.__': '[email]- thanks, [email].__',
    'icon@2x.png_ left-pad@1.3.0- name@host.-': 'icon@2x.png_ left-pad@1.3.0- name@host.-',
    'ion@firma.md, bob@corp.zip': '[email], [email]',
    'icon@2x.png, docs@1.2.md, left-pad@1.3.0.zip': 'icon@2x.png, docs@1.2.md, left-pad@1.3.0.zip',
    '10.1.2.3-10.1.2.9, 203.0.113.7_x, default/10.4.5.6:80': '[ip]-[ip], [ip]_x, default/[ip]:80',
    'Chrome/120.0.0.0 lib-1.2.3.4 lib_1.2.3.4 1.2.3.4-beta': 'Chrome/120.0.0.0 lib-1.2.3.4 lib_1.2.3.4 1.2.3.4-beta',
    'Basic dXNlcjpwYXNz': 'Basic [credentials]',
    'Basic knowledge, basic Omelettes': 'Basic knowledge, basic Omelettes',
    'postgres://user:pa/ss@host/db': 'postgres://[credentials]@host/db',
    'http://localhost:3000/users/@me and https://medium.com/@ada': 'http://localhost:3000/users/@me and https://medium.com/@ada',
    'call 1 2 3 4 5 6 7 8, or 1 2 3 4 5 6 7 8': 'call [phone], or 1 2 3 4 5 6 7 8',
  }
  for (const [given, due] of Object.entries(texts)) t.equal(text(given), due, given)
})

t.test('the id of a document is redacted by segment', async t => {
  const ids: Record<string, string> = {
    'guides/2026/01/15/add-documents.md': 'guides/2026/01/15/add-documents.md',
    'd4/3528-3109-9462-5531': 'd4/[card]',
    'customers/4111111111111111.md': 'customers/[card].md',
    'calls/123-45-6789/a': 'calls/[ssn]/a',
    'scan_4111111111111111.md': 'scan_[card].md',
    'a/ada%2540example.com/b': 'a/[email]/b',
    'a/4111/1111/1111/1111': '[redacted]',
    'letter to ada@example.com': 'letter to [email]',
  }
  for (const [id, due] of Object.entries(ids)) t.same(record({ document_id: id }), { document_id: due }, id)
})

t.test('a record is redacted at any depth, names included, and not in place', async t => {
  const deep = JSON.parse('{"a":[{"b":[["ada@example.com"]]}],"ada@example.com":1,"__proto__":{"token":"x"},"phone":4155550100}')
  const before = JSON.stringify(deep)
  t.equal(
    JSON.stringify(record(deep)),
    '{"a":[{"b":[["[email]"]]}],"[email]_1":1,"__proto__":{"token":"[secret]"},"phone":"[phone]"}',
  )
  t.equal(JSON.stringify(deep), before)
  const clean = { msg: 'nothing', list: [1, { a: 'b' }] }
  t.equal(record(clean), clean, 'what needs no change is returned as it is')
})

t.test('a secret is recognised by its name in any spelling; a token count is not a secret', async t => {
  for (const name of [
    'password',
    'DB_PASSWORD',
    'clientSecret',
    'x-api-key',
    'Set-Cookie',
    'accessToken',
    'authorization',
    'pin',
  ])
    t.same(record({ [name]: 'abc' }), { [name]: '[secret]' }, name)
  const harmless = { token_count: 5, max_tokens: 7, key: 'name', idempotency_key: 'k', tokens: 1, secretary: 'Ada', token: null }
  t.same(record(harmless), harmless)
  t.same(createRedactor({ fields: ['full_name', ''] }).record({ fullName: 'Ada', name: 'x' }), {
    fullName: '[redacted]',
    name: 'x',
  })
})

t.test('fields of the logger are kept in their own format, and redacted in any other', async t => {
  const own = {
    time: '2026-01-15T10:30:45.123Z',
    level: 'INFO',
    level_number: 20,
    module: 'session_manager',
    function: 'create_session',
    trace_id: '41111111111111114111111111111111',
    span_id: '4111111111111111',
    session_id: 's_4111111111111111_abcde',
    turn_id: 'AKIA4111111111111111abcd',
    user_id: 'p_4111111111111111aaaaa',
    request_id: '0f0f6ae4-8a26-4b0e-9a4f-0b36b6ff7d52',
    took_ms: 1234.5678,
    version: '1.2.3',
  }
  t.equal(record(own), own)
  const other = { request_id: 'ada.4111111111111111', trace_id: '4111111111111111', session_id: 'for 4111111111111111' }
  t.same(record(other), {
    request_id: 'ada.[card]',
    trace_id: '[card]',
    session_id: 'for [card]',
  })
})

t.test('no input makes it throw or grow beyond bounds', async () => {
  const pieces = fc.constantFrom(
    'ada@',
    'example.com',
    '4111 1111 ',
    '1111 1111',
    'password',
    '=',
    ':',
    '"',
    '\\',
    ' ',
    '+49',
    '://',
    'eyJ',
    '-----BEGIN PRIVATE KEY-----',
    '\u202E',
    '\uD800',
    '１',
    '[',
    ']',
    'DE89',
    '.',
    '1',
    'key',
  )
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(hostile, given => {
      const once = text(given)
      return once.length <= given.length * 8 + 100 && text(once).length <= once.length * 2
    }),
    { numRuns: 3000 },
  )
})

t.test('the cost is linear in the length of any text', async t => {
  const units = [
    'a',
    '1',
    '1 ',
    '1-',
    '+1',
    '@',
    'a@',
    'a@b.',
    'a@b.--',
    '%40',
    '://',
    '://a@',
    '://a:',
    '://a:/',
    'basic ',
    'Basic dXNl',
    'eyJ',
    'eyJaaaaaaaaaaaaaaaa.',
    'bearer a',
    'sk-',
    'SG.aaaaaaaaaaaaaaaaaaaa',
    '-----BEGIN ',
    '-----BEGIN RSA PRIVATE KEY',
    'password',
    'password=[x]',
    'password="',
    'passwd=\\"',
    'key=',
    'key:',
    'a=',
    '-',
    ':',
    '1:',
    'a:',
    '1.',
    'DE89',
    'DE89 ',
    'password is ',
    'password is a',
    '"',
    '\\',
    '.',
    '1/',
    '٣',
    '\u200B',
    '4111 1111 1111 1111 ',
    '550e8400-',
    '2026-01-01',
    'phone ',
    'authorization:',
    'cookie="',
    '\uD800',
    '(',
    '[at]',
    '\\u0040',
    '\\n',
    '\\n1',
    '[1m',
    '[1;',
    '\u001B[1',
    '&#64;',
    '%61',
    'a&',
    '"@',
    '4111_',
    'aB3/',
    'aB3d5EfG7hJkLmNo ',
    'curl ',
    'curl -u ',
    'mysql -u a ',
    ' --password ',
    'my password is ',
    'my password to ',
    'changed my password ',
    'use the pin ',
    'secret key ',
    'xoxb-1',
    's.',
    'dp.pt.',
    'https://hooks.slack.com/services/',
  ]
  // Linear work on two million characters takes a fraction of a second; quadratic work would take
  // hours and exceed the time limit of the test file.
  for (const unit of units) t.type(text(`${unit.repeat(Math.ceil(LONG_TEXT / unit.length))}@`), 'string', JSON.stringify(unit))
})

t.test('redaction is idempotent', async t => {
  const { text } = createRedactor({})
  for (const input of [
    'token=abc123secret',
    '{"password":"Tr0ub4dor3"}',
    'Authorization: Bearer abcdef0123456789abcdef',
    'https://x.test/a?token=abc123secret&q=1',
    'client_secret: s3cr3tvalue9, then',
    'mail=ada@example.org',
  ]) {
    const once = text(input)
    t.not(once, input)
    t.equal(text(once), once, input)
  }
})

t.test('the address that the server listens on is shown, any other is not', t => {
  const shown = { address: 'http://10.1.2.3:8000', docs: 'http://10.1.2.3:8000/docs', listen_host: '10.1.2.3' }
  t.same(createRedactor().record(shown), shown)
  t.same(createRedactor().record({ address: 'from 10.1.2.3', peer: '10.1.2.3' }), { address: 'from [ip]', peer: '[ip]' })
  t.end()
})
