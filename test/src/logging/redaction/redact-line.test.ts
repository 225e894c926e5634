import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { loadConfig } from '../../../../src/config.ts'
import { createLogger } from '../../../../src/logging/logger.ts'
import { toErrorRecord } from '../../../../src/logging/record/error-record.ts'
import { cutText, MAX_LINE_BYTES } from '../../../../src/logging/record/line-limit.ts'
import { createContentFilter } from '../../../../src/logging/record/message-content.ts'
import { renderText } from '../../../../src/logging/record/text-format.ts'
import { createLineRedactor, type LineRedactionOptions } from '../../../../src/logging/redaction/redact-line.ts'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { wholeText } from '../../../../src/reply-text.ts'
import { UNREACHED_MS } from '../../../worlds/time-limits.ts'

const redactLine = createLineRedactor()
const { text: redact } = createRedactor()

/**
 * Characters that must be escaped in the file: controls, separators, direction marks, lone
 * surrogates.
 */
const DECEIVING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]/u
const GROK =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) \[(DEBUG|INFO|WARN?(?:ING)?|ERROR|CRIT?(?:ICAL)?)\] \[(.*?)\] \[(.*?)\] (.*)$/

/** Writes with a real logger and reads the raw lines of the file. */
async function logged(write: (logger: ReturnType<typeof createLogger>['logger']) => void, redaction?: LineRedactionOptions) {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-redact-'))
  try {
    const { logger, close } = createLogger({ level: 'DEBUG', dir, terminal: 'none', closeTimeoutMs: UNREACHED_MS, redaction })
    write(logger)
    await close()
    return readFileSync(join(dir, 'current.log'), 'utf8').split('\n').slice(0, -1)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function isSafe(line: string): boolean {
  const record = JSON.parse(line)
  return (
    !DECEIVING.test(line) &&
    Buffer.byteLength(line) <= MAX_LINE_BYTES &&
    GROK.test(renderText(record)) &&
    !DECEIVING.test(renderText(record))
  )
}

t.test('any logged value gives one valid, bounded, printable line that notes omissions', async t => {
  const cycle: Record<string, unknown> = { name: 'c' }
  cycle.self = cycle
  let deep: unknown = 'bottom'
  for (let i = 0; i < 100_000; i++) deep = [deep]
  const values: Record<string, unknown> = {
    breaks: 'a\r\nb\u2028c\u2029d\u0085e',
    ansi: '\u001B[31mred\u001B]0;title\u0007\u009B0m',
    bidi: '\u202Egpj.exe\u2066\u200F\uFEFF\u{E0041}',
    half: 'a\uD800b\uDC00',
    huge: 'x'.repeat(10_000_000),
    wide: '\u{1F600}'.repeat(20_000),
    controls: '\u0001'.repeat(15_000),
    cycle,
    deep,
    big: 10n,
    nested: { big: 2n, symbol: Symbol('s'), fn: () => 1, nothing: undefined, nan: Number.NaN },
    getter: {
      good: 1,
      get bad() {
        throw new Error('no')
      },
    },
    json: {
      toJSON() {
        throw new Error('no')
      },
    },
    proxy: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    ),
    map: new Map<unknown, unknown>([['ada@example.com', { token: 'x' }]]),
    set: new Set([1, 1n]),
    date: new Date(0),
    noDate: new Date(Number.NaN),
    bytes: Buffer.alloc(1_000_000),
    error: new Error('card 4111 1111 1111 1111'),
    many: Array.from({ length: 100_000 }, (_, i) => i),
    fields: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${i}`, 'y'.repeat(100)])),
  }
  const lines = await logged(logger => {
    for (const [name, value] of Object.entries(values)) logger.info({ [name]: value }, 'odd')
    logger.info(values, 'all at once')
    logger.info('m'.repeat(10_000_000))
    logger.info('half \uD800 and \u202E')
    logger.info(
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
        },
      ),
      'proxy',
    )
    logger.info(
      {
        get alone() {
          throw new Error('no')
        },
        beside: 1,
      },
      'getter',
    )
    logger.error(new Error('ada@example.com'))
    logger.child({ email: 'ada@example.com', password: 'x', err: new Error('child') }).warn('bound')
  })
  t.equal(lines.length, Object.keys(values).length + 7)
  for (const line of lines) t.ok(isSafe(line), line.slice(0, 300))
  const text = lines.join('\n')
  t.notMatch(text, /ada@example|4111 1111/)
  for (const word of [
    '\\\\u202e',
    '\\\\u2028',
    '\\\\u0085',
    '\\\\ud800',
    '\\[circular\\]',
    '\\[max depth\\]',
    '\\[function\\]',
    '\\[unreadable\\]',
    '\\[1000000 bytes\\]',
    'more characters\\)',
    'more fields',
  ])
    t.match(text, new RegExp(word), word)
  t.match(JSON.parse(lines.at(-3) ?? ''), { alone: '[unreadable]', beside: 1 })
  t.match(JSON.parse(lines.at(-1) ?? ''), { email: '[email]', password: '[secret]', err: { message: 'child' } })
})

t.test('any record keeps its names and plain values, on one safe line', async () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\n', '\u2028', '\u001B', '"', '\\', '\uDC00', '\u202E', '\u0085', 'a', '\u{1F600}') }),
  )
  fc.assert(
    fc.property(fc.dictionary(hostile, fc.oneof(hostile, fc.jsonValue()), { maxKeys: 8 }), facts => {
      const given = JSON.stringify({ level: 'INFO', time: '2026-01-15T10:30:45.123Z', facts })
      const line = redactLine(given)
      const again = JSON.parse(line)
      const untouched = JSON.stringify(createRedactor().record(JSON.parse(given))) === JSON.stringify(JSON.parse(given))
      return isSafe(line) && (!untouched || JSON.stringify(again) === JSON.stringify(JSON.parse(given)))
    }),
    { numRuns: 700 },
  )
})

t.test('a line that is not a record becomes one, redacted', async t => {
  for (const stray of [
    '',
    'no json ada@example.com',
    '[1,2]',
    'null',
    '"text"',
    '{"a":1',
    `${'['.repeat(200_000)}`,
    'x'.repeat(1_000_000),
  ]) {
    const line = redactLine(stray)
    t.ok(isSafe(line), stray.slice(0, 20))
    t.match(JSON.parse(line), { level: 'WARNING', module: 'logging' })
    t.notMatch(line, /ada@/)
  }
})

t.test('a line that exceeds the limit only after escaping is bounded too', async t => {
  for (const said of ['\u202E'.repeat(10_000), '\u202E ada@example.com'.padEnd(10_000, '\u202E')])
    t.ok(isSafe(redactLine(JSON.stringify({ level: 'INFO', time: '2026-01-15T10:30:45.123Z', one: said, two: said }))))
})

t.test('a line without findings is returned unchanged', async t => {
  const line = '{"level":"INFO","level_number":20,"time":"2026-01-15T10:30:45.123Z","took_ms":1.5,"msg":"Request served"}'
  t.equal(redactLine(line), line)
})

t.test('a cut leaves no part of a secret and no lone surrogate', async t => {
  const secret = '4111 1111 1111 1111'
  for (let before = 1975; before < 2005; before++) {
    const kept = cutText(`${'x '.repeat(1000).slice(0, before)} ${secret} ${'y'.repeat(500)}`, 2000, redact)
    t.notMatch(kept, /4111/, `${before}`)
  }
  t.ok(cutText('\u{1F600}'.repeat(10), 5).isWellFormed())
  t.equal(cutText('abcdef', 4), 'abcd… (2 more characters)')
  t.notMatch(JSON.stringify(toErrorRecord(new Error(`${'x '.repeat(995)} ${secret}`), redact)).slice(0, 2100), /4111/)
})

t.test('messages and replies are logged redacted, not at all, or, outside production, in full', async t => {
  const said = 'I am ada@example.com'
  t.equal(createContentFilter('redacted')(wholeText(said)), 'I am [email]')
  t.equal(createContentFilter('off')(wholeText(said)), undefined)
  t.equal(createContentFilter('full')(wholeText(said)), said)
  t.match(createContentFilter('redacted')(wholeText('x'.repeat(8000))), /^x{2000}… \(6000 more characters\)$/)
  const [full] = await logged(logger => logger.info({ message_text: said, other: said }, 'm'), {
    messageContent: 'full',
    fields: ['nick'],
  })
  t.match(JSON.parse(full ?? ''), { message_text: said, other: 'I am [email]' })
  t.equal(loadConfig({}).logMessageContent, 'redacted')
  t.throws(() => loadConfig({ NODE_ENV: 'production', LOG_MESSAGE_CONTENT: 'full' }), {
    code: 'CONFIGURATION_INVALID',
    message: /LOG_MESSAGE_CONTENT.*redacted or off/,
  })
})
