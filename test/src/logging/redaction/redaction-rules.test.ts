import fc from 'fast-check'
import t from 'tap'
import { NUMBERS } from '../../../../src/logging/redaction/redaction-numbers.ts'
import { ADDRESSES, SECRETS } from '../../../../src/logging/redaction/redaction-patterns.ts'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { isSecretName } from '../../../../src/logging/redaction/secret-names.ts'
import { traitsOf } from '../../../../src/logging/redaction/text-traits.ts'
import { readLabelled } from '../../../redaction-score.ts'

const { text: redact } = createRedactor()
const RULES = [...SECRETS, ...ADDRESSES, NUMBERS]

const labelled = readLabelled()
const kinds = new Set(labelled.map(({ kind }) => kind).filter(kind => kind !== 'none'))
/** The set has no credentials of Basic authentication or commands. */
const texts = [
  ...labelled.map(({ text }) => text),
  ...['Basic dXNlcjpwYXNz', 'curl -u ada:x1', 'I use the password x1', 'Private-Lines: 1\nAAAAIQC7\nPrivate-MAC: 1'],
]
/** Without characters that are replaced by ASCII ones before the rules run. */
const values = labelled.flatMap(({ value = '' }) => (/^[ -~]+$/.test(value) ? [value] : []))

/** Values and words that rules look for, whole and in parts, and what may be between them. */
const PIECES = [
  ...[
    'password',
    'my pin is ',
    'PASSWORT IST ',
    'Token est ',
    'token é ',
    'secret-key=',
    'API_KEY: ',
    'x-api-key":"',
    'Cookie: ',
    'is',
    'é',
  ],
  ...['my pwd ', 'Kennwort ', 'mein ', 'changed my password ', 'on github.com ', 'is ', 'to ', 'blue horse', 'use the token '],
  ...['bEaReR ', 'bearer\n', 'Basic\t', 'BASIC ', 'dXNlcjpwYXNz', 'eyJ', 'eyJhbGciOiJIUzI1NiJ9.e30.abc', '-----BEGIN '],
  ...[
    '-----BEGIN RSA PRIVATE KEY-----',
    '://',
    'ftp://a:b',
    '@',
    '%40',
    '@x.de',
    'ada',
    '.org',
    '1',
    '42',
    '4111',
    '4111 1111 1111 1111',
  ],
  ...[
    'sk-',
    'sk_live_',
    'ghp_',
    'github_pat_',
    'glpat-',
    'xoxb-',
    'AIza',
    'SG.',
    'npm_',
    'hf_',
    'ya29.',
    'shpat_',
    'dop_v1_',
    'AKIA',
  ],
  ...[
    'pypi-',
    'rk_test_',
    'gho_',
    'shpca_',
    'ASIA',
    'AROA',
    'a1B2'.repeat(10),
    'ABCD1234EFGH5678',
    'a1b2c3d4e5f6a7b8c9d0',
    'DE89 3704 0044 0532 0130 00',
    'abcpd1234k',
    'fe80::',
    'ab:cd::',
    '10.1.2.3',
    '::',
  ],
  ...['+49 ', '030 ', '-', '_', '.', ':', '=', '：', ' ', '  ', '\n', '"', "'", '(', ')', '/', 'Zeit', 'ß', '\u{1F600}'],
]

/** Applies all rules to a text, whether or not their fast tests pass. */
function redactByAll(text: string): string {
  return RULES.reduce((redacted, rule) => rule.redact(redacted), text)
}

t.test('a fast test skips no rule that would change a text: all known kinds', async t => {
  t.equal(kinds.size, 14)
  for (const text of texts) {
    for (const rule of RULES)
      if (!rule.mayMatch(text, traitsOf(text)) && rule.redact(text) !== text) t.fail(`${rule.redact} skipped ${text}`)
  }
  for (const rule of RULES)
    t.ok(
      texts.some(text => rule.redact(text) !== text),
      `${rule.redact} has no case`,
    )
})

t.test('a fast test skips no rule that would change a text: texts of random parts', async () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    fc.constantFrom(...values),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
      const text = pieces.join('')
      for (const rule of RULES) if (!rule.mayMatch(text, traitsOf(text)) && rule.redact(text) !== text) return false
      return redact(text) !== text || redactByAll(text) === text
    }),
    { numRuns: 20_000 },
  )
})

t.test('a stated secret is found in each language, also after the name of a service', async t => {
  for (const text of [
    'my pwd is correct horse',
    'mein Kennwort ist blaue katze',
    'my senha is blue horse',
    'my wachtwoord is blue horse',
    'my parola is blue horse',
    'my hasło is blue horse',
    'my paſſword is correct horse',
    "pwd 'blue horse'",
    'changed my pwd to blue horse',
    'changed my password on github.com to zebra9',
    'changed my password for ada@acme.example to zebra9',
    'tool -secret zebra9',
    'tool -client-secret zebra9',
  ])
    t.notMatch(redact(text), /horse|katze|zebra9/, text)
})

t.test('a password of two words ends with its sentence, line or quotation', async t => {
  for (const text of ['password: blue horse', 'my password is blue horse'])
    for (const quoted of [
      text,
      `${text}.`,
      `/help "${text}"`,
      `'${text}'`,
      `{\\"content\\":\\"${text}\\"}`,
      `(${text})`,
      `${text}\nThanks`,
    ])
      t.notMatch(redact(quoted), /horse/, quoted)
  t.equal(redact("password: x123 don't share it"), "password: [secret] don't share it")
})

t.test('the last letters of a name rule out no secret', async t => {
  const names = [
    'password',
    'Passwd',
    'passphrase',
    'PWD',
    'client_secret',
    'accessToken',
    'id_token',
    'authorization',
    'AUTH',
    'cookies',
  ]
  const others = [
    'credentials',
    'x-api-key',
    'sshKey',
    'SIGNATURE',
    'sig',
    'jwt',
    'PHPSESSID',
    'pin',
    'cvv2',
    'otp',
    'Kennwort',
    'contraseña',
  ]
  const foreign = ['clave', 'senha', 'mot.de.passe', 'ПАРОЛЬ', 'wachtwoord', 'parola', 'hasło', '密码', 'パスワード', '비밀번호']
  for (const name of [...names, ...others, ...foreign])
    for (const spelling of [name, `my_${name}`, `${name}_`, `${name}--`, `${name}.`]) t.ok(isSecretName(spelling), spelling)
  for (const name of ['token_count', 'max_tokens', 'monkey', 'https', 'passwords_total', 'is', ''])
    t.notOk(isSecretName(name), name)
})
