/**
 * Generates the labelled set for the redactor: texts of people and programs, in several languages,
 * with values to redact and with similar values to keep. It shares no code with the redactor. Every
 * third sentence belongs to the held-out part, whose values have the same formats and another seed;
 * with fewer than three sentences, both parts share them.
 *
 *   node test/redaction-set.ts
 *
 * rewrites test/fixtures/redaction/labelled.jsonl. The output is deterministic.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from './worlds/seeded-random.ts'

export interface LabelledText {
  readonly part: 'tuned' | 'held-out'
  /** Kind of the value in the text; `none` if nothing is to be redacted. */
  readonly kind: string
  readonly text: string
  /** Value to redact; undefined if there is none. */
  readonly value?: string
}

type Random = () => number
type Make = (random: Random) => string

const CASES_PER_PART = { tuned: 90, 'held-out': 45 } as const

const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  email: [
    'Write to {}.',
    'My address is {}, thanks!',
    'Meine E-Mail lautet {}',
    'contact: <{}>',
    'Écrivez-moi à {} svp',
    '"user":"{}","n":1',
    'mailto:{}?subject=hi',
    '我的邮箱是{}，谢谢',
    'Mi correo: {}; gracias',
    'from {} to support',
    'login failed for {} (3 tries)',
    '({}) asked',
  ],
  phone: [
    'Call me at {}.',
    'My phone is {}, thanks',
    'Telefon: {}',
    'Mobile {} or later',
    'Mon téléphone : {}',
    '"phone": "{}"',
    'tel:{}',
    '我的电话是{}',
    'WhatsApp {} please',
    'Mi móvil es {}',
    'reach me on my cell {} after six',
    'Meine Handynummer ist {}',
  ],
  phone_bare: ['{} is where I live', 'it is {}', 'either {} or nothing', 'You know {}.', '{}', 'Ich bin unter {} da'],
  card: [
    'My card is {}.',
    'pay with {} exp 12/27',
    'Kreditkarte {} bitte',
    'card={}',
    '{"card":"{}"}',
    'charged {} twice',
    '卡号{}',
    'tarjeta {} caducada',
    'number {} cvv follows',
    'carte : {}',
  ],
  iban: [
    'IBAN {}.',
    'Bitte auf {} überweisen',
    'transfer to {}, thanks',
    'iban={}',
    '"account":"{}"',
    'mon compte {} est vide',
    'cuenta {} en euros',
    'to {} EUR 25.00',
  ],
  ip: [
    'from {} again',
    'client {}:443 refused',
    'blocked {}, sorry',
    'http://{}/status',
    'remote_addr={}',
    '{} - - [10/Oct]',
    'Verbindung von {} abgelehnt',
    'ping {} failed',
  ],
  ipv6: [
    'from {} again',
    'client [{}]:443 refused',
    'blocked {}, sorry',
    'remote_addr={}',
    'address {} is taken',
    'Verbindung von {} abgelehnt',
  ],
  ssn: ['My SSN is {}.', 'ssn: {}', 'social security number {}', '{} is on file', 'applicant {} (US)', '"ssn":"{}"'],
  aadhaar: [
    'Aadhaar {} hai',
    'my aadhaar number is {}',
    'UIDAI: {}',
    'मेरा आधार {} है',
    'I was given {} by them',
    '"aadhaar":"{}"',
  ],
  pan: ['PAN {} please', 'my pan card {}', 'Tax id {} was rejected', '"pan":"{}"', 'मेरा पैन {} है', 'for {}, filed late'],
  jwt: ['token was {}', 'got {} back', '"id":"{}"', 'session {} expired', 'cookie value {} seen', 'with {}, denied'],
  token: [
    'Authorization said Bearer {}',
    'sent "Bearer {}" there',
    'header bearer {} rejected',
    'use Bearer {} now',
    'curl with Bearer {}',
  ],
  'api-key': [
    'my key {} leaked',
    'used {} in the script',
    'export KEY {} done',
    'is {} valid?',
    '"{}" was refused',
    'ключ {} не работает',
  ],
  secret: [
    'password={}',
    'my password is {}',
    'Passwort: {}',
    'api_key: {}',
    'https://api.example/x?access_token={}&page=2',
    '"client_secret":"{}"',
    'PWD={} make',
    'contraseña: {}',
    '密码：{}',
    '--token={} --verbose',
    'DB_PASSWORD={}',
    'mot de passe : {}',
  ],
  credentials: [
    'postgres://{}@db.internal:5432/app',
    'git clone https://{}@host.example/repo',
    'redis://{}@cache:6379',
    'failed: amqp://{}@queue/vhost',
    'ftp://{}@files.example/pub',
  ],
  'private-key': ['key:\n{}', '{}', 'here it is {} ok', 'pem={}'],
}

const INNOCENT: readonly (readonly [readonly string[], Make])[] = [
  [
    ['order {} has not come', 'Order number: {}', 'Bestellung {} fehlt', 'commande n° {}', 'pedido {}', 'invoice {} is wrong'],
    r => digits(r, pick(r, [8, 9, 10, 12])),
  ],
  [['order ORD-{}', 'ticket TCK-{}', 'ref: INV/{}', 'case #{}'], r => `2026-${digits(r, 6)}`],
  [
    ['at {} it broke', 'since {}', '[{}] started', 'seit {} Uhr'],
    r => `2026-0${1 + int(r, 9)}-1${int(r, 10)}T1${int(r, 10)}:${10 + int(r, 50)}:${10 + int(r, 50)}.${digits(r, 3)}Z`,
  ],
  [['ts={}', 'timestamp {} ms', 'created_at: {}', 'epoch {}'], r => `17${digits(r, pick(r, [8, 11, 14]))}`],
  [['version {} is out', 'upgrade to v{}', 'node {} works', 'release {}'], r => `${int(r, 30)}.${int(r, 30)}.${int(r, 200)}`],
  [
    ['version {} is out', 'firmware {}', 'build v{}', 'Chrome/{} Safari'],
    r => [int(r, 200), int(r, 9), int(r, 200), int(r, 99)].join('.'),
  ],
  [['id {} not found', 'request {}', '/users/{}/edit', 'urn:uuid:{}'], r => uuid(r)],
  [['commit {}', 'sha256:{}', 'etag "{}"', 'hash {} differs'], r => string(r, '0123456789abcdef', pick(r, [40, 64, 7]))],
  [['turn {} done', 'id={}', 'session {}'], r => string(r, LETTERS + DIGITS, 24)],
  [
    ['see {} for it', 'open {}', 'in {} line 12'],
    r => `/var/log/app-${digits(r, 8)}/part.${digits(r, 4)}/x_${digits(r, 10)}.log`,
  ],
  [
    ['costs {}', 'total: {}', 'Preis {}', 'prix {}'],
    r => `${pick(r, ['$', '€ ', '£', ''])}${1 + int(r, 9)},${digits(r, 3)},${digits(r, 3)}.${digits(r, 2)}`,
  ],
  [['kostet {} Euro', 'Summe {}'], r => `${1 + int(r, 99)}.${digits(r, 3)}.${digits(r, 3)},${digits(r, 2)}`],
  [
    ['ISBN {}', 'isbn: {}', 'ISBN-13 {} in stock'],
    r =>
      pick(r, [
        `978-${1 + int(r, 9)}-${digits(r, 2)}-${digits(r, 6)}-${digits(r, 1)}`,
        `978${digits(r, 10)}`,
        `0-${digits(r, 3)}-${digits(r, 5)}-${digits(r, 1)}`,
      ]),
  ],
  [
    ['install {}', 'npm i {} fails', 'needs {}'],
    r => pick(r, ['lodash@4.17.', 'left-pad@1.3.', '@types/node@22.1.']) + int(r, 99),
  ],
  [['image {}', 'src="{}"'], r => `icon${int(r, 99)}@${2 + int(r, 2)}x.png`],
  [['between {} we close', 'open {}'], r => `0${int(r, 10)}:${10 + int(r, 49)}-1${int(r, 10)}:${10 + int(r, 49)}`],
  [
    ['on {} we met', 'bis zum {}', 'due {}'],
    r => `${10 + int(r, 18)}${pick(r, ['.', '/'])}0${1 + int(r, 9)}${pick(r, ['.', '/'])}2026`.replace(/\/(.*)\./, '/$1/'),
  ],
  [['at {} it is', 'position {}', 'go to {}'], r => `${int(r, 89)}.${digits(r, 6)}, ${int(r, 179)}.${digits(r, 6)}`],
  [['UPC {}', 'EAN {}', 'order {}', 'transaction {} failed'], r => digits(r, pick(r, [12, 13, 16]))],
  [['{} it said', 'got {} there', 'so {}'], r => digits(r, pick(r, [8, 9, 11, 12, 13, 14, 16]))],
  [['parcel {}', 'sent as {}'], r => `1Z${string(r, 'ABCDEFGHJK', 3)}${digits(r, 11)}`],
  [['pod {}', 'container {} restarted'], r => `api-${string(r, '0123456789bcdf', 9)}-${string(r, 'bcdfghjklm', 5)}`],
  [['sizes {}', 'model {}'], r => `${100 * (1 + int(r, 9))}-${10 * (1 + int(r, 9))}-${1 + int(r, 9)}`],
  [['oid {}', 'under {}'], r => `1.3.6.1.4.1.${int(r, 9999)}.${int(r, 9)}`],
  [['years {}', 'from {} on'], r => `${1950 + int(r, 50)}-${2000 + int(r, 26)}`],
  [['rows {}', 'values: {}'], r => Array.from({ length: 6 }, () => int(r, 9999)).join(pick(r, [', ', ' ', ';']))],
  [['mac {}', 'device {}'], r => Array.from({ length: 6 }, () => string(r, '0123456789abcdef', 2)).join(':')],
  [
    ['ssn like {} is no ssn', 'part {} in stock'],
    r => `${pick(r, ['000', '666', `9${digits(r, 2)}`])}-${10 + int(r, 80)}-${1000 + int(r, 8999)}`,
  ],
  [
    ['article {}', 'artikel {} lieferbar', 'SKU {}'],
    r => `${string(r, LETTERS.slice(26), 3)}-${digits(r, 5)}-${string(r, LETTERS.slice(26), 2)}`,
  ],
  [['took {} ns', '{} bytes read', 'size={}', 'count: {}'], r => `${1 + int(r, 9)}${digits(r, pick(r, [6, 8, 9]))}`],
  [
    ['{}', 'Well: {}', '"{}"'],
    r =>
      pick(r, [
        'The password is required.',
        'password: required',
        'Reset your password, please',
        'max_tokens=512 token_count: 1024',
        'std::vector<int> a::b',
        'bearer of good news',
        'the key: value pairs',
        '@alice said hi @ 5pm',
        'git@github.com:acme/repo.git',
        'at 10:30:45, 3 of 12',
        'listening on http://127.0.0.1:8000',
        'ratio 16:9, score 3:2',
        'pi is 3.14159265358979',
        'room 42, floor 3, 1999',
        'sk-learn is a library',
        'token_type: bearer',
        'idempotency_key is missing',
        'PIN code required',
        'RFC 2822, ISO 8601, E.164',
        'Was kostet das?',
        '何時ですか？',
        'x=1; y=22; z=333',
        '1 000 000 люди',
        'a-b-c-d 1-2-3-4-5',
        '192.168.256.300 is no address',
      ]),
  ],
]

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DIGITS = '0123456789'
const VERHOEFF_PRODUCT = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const VERHOEFF_PERMUTATION = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

const VALUES: Readonly<Record<string, Make>> = {
  email: r =>
    int(r, 12) === 0
      ? pick(r, [
          '"ada lovelace"@example.com',
          'ada [at] example [dot] com',
          'Ada.Lovelace@EXAMPLE.COM',
          '用户@例子.广告',
          'ada%40example.com',
          "o'neill@example.ie",
        ])
      : `${pick(r, ['ada', 'jörg.müller', 'li-wei', 'o_brien', 'maria.garcia+tag', 'x', 'info', 'nguyen99', 'ivan.petrov'])}${pick(r, ['', '.k', digits(r, 2)])}@${pick(r, ['example.com', 'mail.example.co.uk', 'firma.de', 'uni-köln.de', 'a.io', 'sub.dept.example.org', 'пример.рф'])}`,
  phone: r =>
    int(r, 12) === 0
      ? pick(r, [
          '+49 (0)30 1234567',
          '0049-30-1234567',
          '+1.415.555.0100',
          '٠٥٥ ١٢٣ ٤٥٦٧',
          '5 5 5 1 2 3 4 5 6 7',
          '8 (912) 345-67-89',
          'four one five 555 0100',
        ])
      : pick(r, PHONES)(r),
  phone_bare: r =>
    int(r, 12) === 0
      ? pick(r, ['612 34 56 78', '9876543210', '347 1234567', '0151/12345678', '138 1234 5678'])
      : pick(r, PHONES.slice(0, 9))(r),
  card: r =>
    int(r, 12) === 0
      ? pick(r, [
          '4111.1111.1111.1111',
          '4111  1111  1111  1111',
          '３７８２８２２４６３１０００５',
          '3782 822463 10005',
          '4111 1111-1111 1111',
        ])
      : pick(r, [(n: string) => n, grouped(4, ' '), grouped(4, '-')])(
          luhn(pick(r, ['4', '51', '55', '2221', '6011', '65', '3528']) + digits(r, 14), 16),
        ),
  iban: r =>
    int(r, 12) === 0
      ? pick(r, [
          'DE89.3704.0044.0532.0130.00',
          'GB82-WEST-1234-5698-7654-32',
          'DE89\u00A03704\u00A00044\u00A00532\u00A00130\u00A000',
        ])
      : pick(r, [(n: string) => n, grouped(4, ' '), (n: string) => n.toLowerCase()])(
          iban(
            pick(r, [
              ['DE', 18],
              ['FR', 23],
              ['ES', 20],
              ['NL', 'ABNA10'],
              ['GB', 'NWBK14'],
              ['IT', 'X22'],
              ['CH', 17],
              ['PL', 24],
              ['NO', 11],
            ]),
            r,
          ),
        ),
  ip: r => [pick(r, [8, 10, 84, 172, 192, 203]), int(r, 256), int(r, 256), 1 + int(r, 254)].join('.'),
  ipv6: r =>
    pick(r, [
      () => `2001:db8::${hex(r)}:${hex(r)}`,
      () => `fe80::${hex(r)}:${hex(r)}:${hex(r)}:${hex(r)}`,
      () => Array.from({ length: 8 }, () => hex(r)).join(':'),
      () => `::ffff:84.${int(r, 256)}.${int(r, 256)}.7`,
    ])(),
  ssn: r =>
    `${100 + int(r, 500)}${pick(r, ['-', ' '])}${10 + int(r, 89)}?${1000 + int(r, 8999)}`.replace(
      /^(\d{3})(.)(\d\d)\?/,
      '$1$2$3$2',
    ),
  aadhaar: r => pick(r, [(n: string) => n, grouped(4, ' '), grouped(4, '-')])(verhoeff(`${2 + int(r, 8)}${digits(r, 10)}`)),
  pan: r =>
    string(r, LETTERS.slice(26), 3) +
    pick(r, [...'ABCFGHJLPT']) +
    string(r, LETTERS.slice(26), 1) +
    digits(r, 4) +
    string(r, LETTERS.slice(26), 1),
  jwt: r =>
    `${[
      JSON.stringify({ alg: pick(r, ['HS256', 'RS256', 'none']), typ: 'JWT' }),
      JSON.stringify({ sub: digits(r, 9), name: 'x' }),
    ]
      .map(part => Buffer.from(part).toString('base64url'))
      .join('.')}.${string(r, LETTERS + DIGITS, 43)}`,
  token: r => string(r, LETTERS + DIGITS, 12) + digits(r, 6) + string(r, LETTERS, 10),
  'api-key': r =>
    pick(r, [
      () => `sk-${string(r, LETTERS + DIGITS, 40)}1`,
      () => `AKIA${string(r, LETTERS.slice(26) + DIGITS, 15)}7`,
      () => `ghp_${string(r, LETTERS + DIGITS, 35)}3`,
      () => `xoxb-${digits(r, 11)}-${string(r, LETTERS + DIGITS, 20)}`,
      () => `AIza${string(r, LETTERS + DIGITS, 34)}5`,
      () => `sk_live_${string(r, LETTERS + DIGITS, 23)}9`,
      () => `glpat-${string(r, LETTERS + DIGITS, 19)}2`,
    ])(),
  secret: r =>
    int(r, 12) === 0
      ? pick(r, ['correct-horse', 'pa$$w0rd;1', 'geheim', 'x'])
      : pick(r, [
          () => `hunter${digits(r, 3)}`,
          () => string(r, `${LETTERS}${DIGITS}`, 11) + digits(r, 1),
          () => `Tr0ub4dor_${digits(r, 2)}`,
          () => `${string(r, 'abcdef0123456789', 31)}4`,
        ])(),
  credentials: r => `${pick(r, ['app', 'root', 'deploy'])}:${string(r, LETTERS + DIGITS, 10)}${pick(r, ['', '%21', '!'])}`,
  'private-key': r =>
    pick(r, ['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']).replace(
      /.*/s,
      name =>
        `-----BEGIN ${name}-----\n${string(r, `${LETTERS + DIGITS}+/`, 64)}\n${string(r, LETTERS + DIGITS, 30)}==\n-----END ${name}-----`,
    ),
}

/** The first nine are recognised without a word before them. */
const PHONES: readonly Make[] = [
  r => `+1 (${200 + int(r, 700)}) ${200 + int(r, 700)}-${digits(r, 4)}`,
  r => `(${200 + int(r, 700)}) ${200 + int(r, 700)}-${digits(r, 4)}`,
  r => `${200 + int(r, 700)}-${200 + int(r, 700)}-${digits(r, 4)}`,
  r => `+49 151 ${10_000_000 + int(r, 89_999_999)}`,
  r => `+44 20 7946 0${digits(r, 3)}`,
  r => `0${1 + int(r, 7)} ${[10, 20, 30, 40].map(n => n + int(r, 9)).join(' ')}`,
  r => `+91 ${6 + int(r, 4)}${digits(r, 4)} ${digits(r, 5)}`,
  r => `+861${3 + int(r, 7)}${digits(r, 9)}`,
  r => `0${1 + int(r, 8)}${int(r, 9)}-${1000 + int(r, 8999)}-${1000 + int(r, 8999)}`,
  r => `${6 + int(r, 4)}${digits(r, 9)}`,
  r => `1${3 + int(r, 7)}${digits(r, 9)}`,
  r => `0151/${1_000_000 + int(r, 8_999_999)}`,
  r => `${200 + int(r, 700)}.${200 + int(r, 700)}.${digits(r, 4)}`,
  r => `6${digits(r, 2)} ${digits(r, 3)} ${digits(r, 3)}`,
]

/** Generates the whole set; deterministic. */
export function makeRedactionSet(): LabelledText[] {
  return (['tuned', 'held-out'] as const).flatMap((part, seed) => {
    const random = seededRandom(seed + 2026)
    const mine = <T>(all: readonly T[]) => all.filter((_, i) => (i % 3 === 2) === (part === 'held-out'))
    const positives = Object.entries(SENTENCES).flatMap(([name, sentences]) =>
      Array.from({ length: CASES_PER_PART[part] }, (): LabelledText => {
        const value = VALUES[name]?.(random) ?? ''
        return {
          part,
          kind: name.replace('_bare', '').replace('ipv6', 'ip'),
          text: fill(pick(random, mine(sentences)), value),
          value,
        }
      }),
    )
    const negatives = INNOCENT.flatMap(([sentences, make]) =>
      Array.from(
        { length: CASES_PER_PART[part] },
        (): LabelledText => ({
          part,
          kind: 'none',
          text: fill(pick(random, mine(sentences).length > 0 ? mine(sentences) : sentences), make(random)),
        }),
      ),
    )
    return [...positives, ...negatives]
  })
}

function fill(sentence: string, value: string): string {
  return sentence.split('{}').join(value)
}

function int(random: Random, below: number): number {
  return Math.floor(random() * below)
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[int(random, from.length)] as T
}

function string(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[int(random, alphabet.length)]).join('')
}

function digits(random: Random, length: number): string {
  return string(random, DIGITS, length)
}

function hex(random: Random): string {
  return (4096 + int(random, 61_439)).toString(16)
}

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map(length => string(random, '0123456789abcdef', length)).join('-')
}

function grouped(size: number, separator: string) {
  return (text: string) => text.match(new RegExp(`.{1,${size}}`, 'g'))?.join(separator) ?? text
}

function luhn(start: string, length: number): string {
  const head = start.slice(0, length - 1)
  const sum = [...head]
    .reverse()
    .reduce(
      (total, digit, i) =>
        total + (i % 2 === 0 ? (Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2) : Number(digit)),
      0,
    )
  return head + ((10 - (sum % 10)) % 10)
}

function iban([country, form]: readonly (string | number)[], random: Random): string {
  const [, letters = '', count = '0'] = /^([A-Z]*)(\d+)$/.exec(String(form)) ?? []
  const account = letters + digits(random, Number(count))
  const numeric = [...`${account}${country}00`].map(character => Number.parseInt(character, 36)).join('')
  return `${country}${String(98n - (BigInt(numeric) % 97n)).padStart(2, '0')}${account}`
}

function verhoeff(head: string): string {
  const check = (digits: string) =>
    [...digits]
      .reverse()
      .reduce((state, digit, i) => Number(VERHOEFF_PRODUCT[state]?.[Number(VERHOEFF_PERMUTATION[i % 8]?.[Number(digit)])]), 0)
  return head + [...DIGITS].find(last => check(head + last) === 0)
}

if (import.meta.main) {
  const path = join(import.meta.dirname, 'fixtures/redaction/labelled.jsonl')
  writeFileSync(
    path,
    makeRedactionSet()
      .map(text => `${JSON.stringify(text)}\n`)
      .join(''),
  )
}
