import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { LogLevelBody } from '../../../../plugins/routes/schemas/service-schemas.ts'
import { ChatError } from '../../../../src/errors.ts'
import { toErrorRecord } from '../../../../src/logging/record/error-record.ts'
import { LEVELS, levelFields, levelMethod, parseLevel } from '../../../../src/logging/record/levels.ts'
import { renderText } from '../../../../src/logging/record/text-format.ts'
import { SETTINGS } from '../../../../src/settings.ts'

// %{TIMESTAMP_ISO8601:timestamp} \[%{LOGLEVEL:level}\] \[%{DATA:module}\] \[%{DATA:function}\]
// %{GREEDYDATA:log_message}, of which DATA is .*?
const GROK =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) \[(DEBUG|INFO|WARN?(?:ING)?|ERROR|CRIT?(?:ICAL)?)\] \[(.*?)\] \[(.*?)\] (.*)$/
const TIME = '2024-01-15T10:30:45.123Z'

t.test('each pino method writes at one level, by name and by number', async t => {
  const fields = Object.fromEntries(
    LEVELS.flatMap(({ methods }) => methods).map(method => [method, Object.values(levelFields(method))]),
  )
  t.same(fields, {
    trace: ['DEBUG', 10],
    debug: ['DEBUG', 10],
    info: ['INFO', 20],
    warn: ['WARNING', 30],
    error: ['ERROR', 40],
    fatal: ['CRITICAL', 50],
  })
})

t.test('settings and routes accept exactly the names of the levels', async t => {
  const names = LEVELS.map(({ name }) => name)
  t.same(Reflect.get(SETTINGS.properties.LOG_LEVEL, 'enum'), names)
  t.same(Reflect.get(LogLevelBody.properties.level, 'enum'), names)
})

t.test('a level name is parsed in any case, and mapped to its pino level', async t => {
  t.same(
    ['debug', 'INFO', 'Warning', 'ERROR', 'critical'].map(name => levelMethod(parseLevel(name))),
    ['debug', 'info', 'warn', 'error', 'fatal'],
  )
  for (const name of ['', 'WARN', 'verbose', '__proto__']) {
    t.throws(() => parseLevel(name), { code: 'CONFIGURATION_INVALID', message: /DEBUG, INFO, WARNING, ERROR, CRITICAL/ }, name)
  }
})

t.test('a record is rendered as time, level, module, function, message and context', async t => {
  const record = {
    time: TIME,
    level: 'INFO',
    level_number: 20,
    service: 'chatbot',
    module: 'session_manager',
    function: 'create_session',
    user_id: 12345,
    session_id: 'abc',
    msg: 'Created new session',
  }
  t.equal(
    renderText(record),
    `${TIME} [INFO] [session_manager] [create_session] Created new session user_id=12345 session_id=abc`,
  )
  t.equal(stripVTControlCharacters(renderText(record, true)), renderText(record), 'colour changes nothing but the colour')
})

t.test('an error is rendered with its causes, and without its stack', async t => {
  const error = new ChatError('DATABASE_UNAVAILABLE', { cause: new Error('disk "a" is full') })
  const line = renderText({ time: TIME, level: 'ERROR', module: 'm', function: 'f', msg: 'Failed', err: toErrorRecord(error) })
  t.equal(
    line,
    `${TIME} [ERROR] [m] [f] Failed err="ChatError DATABASE_UNAVAILABLE: The database cannot be read or written ← Error: disk \\"a\\" is full"`,
  )
})

t.test('characters that could forge or disguise a line are escaped', async t => {
  const render = (msg: string, context: object = {}) =>
    renderText({ time: TIME, level: 'INFO', module: 'm', function: 'f', msg, ...context })
  const head = `${TIME} [INFO] [m] [f] `
  t.equal(render(`a\r\n${TIME} [INFO] [x] [y] forged`), `${head}a\\r\\n${TIME} [INFO] [x] [y] forged`)
  t.equal(render('\u001B[31mred\u009B0m\u0007\u0000'), `${head}\\u001b[31mred\\u009b0m\\u0007\\u0000`)
  t.equal(render('\u202Egpj.exe\u2066\u2028\u2029\u0085\uFEFF'), `${head}\\u202egpj.exe\\u2066\\u2028\\u2029\\u0085\\ufeff`)
  t.equal(render('\uD800 half \u{E0041}'), `${head}\\ud800 half \\u{e0041}`)
  t.equal(render('Grüße, 你好 👋🏽'), `${head}Grüße, 你好 👋🏽`, 'and people can still write')
  t.equal(render('m', { key: 'a b' }), `${head}m key="a b"`)
  t.equal(render('m', { key: 'x" admin="true' }), `${head}m key="x\\" admin=\\"true"`)
  t.equal(render('m', { 'a b=c': '' }), `${head}m "a b=c"=""`)
  t.match(renderText({ time: TIME, level: 'INFO', module: '] [x', function: 'f' }), GROK)
})

t.test('any record becomes one printable line that the grok pattern parses', async () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\n', '\r', '\u2028', '\u001B', '"', '=', ']', '[', ' ', '\uDC00', '\\', 'a') }),
  )
  const context = fc.dictionary(hostile, fc.oneof(hostile, fc.jsonValue()))
  fc.assert(
    fc.property(
      context,
      hostile,
      hostile,
      hostile,
      fc.constantFrom(...LEVELS.map(({ name }) => name)),
      (context, msg, module, fn, level) => {
        const line = renderText({ ...context, time: TIME, level, module, function: fn, msg, err: undefined })
        const [, time, readLevel, readModule] = GROK.exec(line) ?? []
        const printable = !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(line)
        return printable && time === TIME && readLevel === level && !/[[\]]/.test(readModule ?? '[')
      },
    ),
    { numRuns: 2000 },
  )
})

t.test('different messages are rendered differently', async t => {
  const render = (msg: string) => renderText({ time: TIME, level: 'INFO', module: 'm', function: 'f', msg })
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => a === b || render(a) !== render(b)),
    { numRuns: 500 },
  )
  t.not(render('a\nb'), render('a\\nb'))
})

t.test('an error is recorded with code, facts and causes, all of bounded size', async t => {
  const error = new ChatError('DATABASE_BUSY', {
    facts: { waiting: 7 },
    cause: Object.assign(new Error('inner'), { code: 'ENOSPC' }),
  })
  t.match(toErrorRecord(error), {
    type: 'ChatError',
    code: 'DATABASE_BUSY',
    message: 'Too many writes are waiting for the database. Retry later',
    facts: { waiting: 7 },
    stack: /ChatError/,
    cause: { type: 'Error', code: 'ENOSPC', message: 'inner' },
  })
  t.match(toErrorRecord(new AggregateError([new Error('one'), 'two'])), {
    errors: [{ message: 'one' }, { type: 'string', message: 'two' }],
  })

  let chain = new Error('x'.repeat(1_000_000))
  for (let i = 0; i < 10_000; i++) chain = new Error('y'.repeat(10_000), { cause: chain })
  t.ok(JSON.stringify(toErrorRecord(chain)).length < 60_000)
  const cycle = new Error('cycle')
  cycle.cause = cycle
  t.ok(JSON.stringify(toErrorRecord(cycle)).length < 60_000)
})

t.test('any thrown value is recorded', async t => {
  const hostile = {
    get message(): string {
      throw new Error('no')
    },
  }
  for (const thrown of [undefined, null, 7, 'text', 10n, Symbol('s'), {}, hostile, { self: 10n }, () => 1, Object.create(null)]) {
    t.match(toErrorRecord(thrown), { type: typeof thrown, message: String })
  }
  t.match(toErrorRecord(Object.defineProperty(new Error('a'), 'message', { get: hostile.toString.bind(null) })), {
    message: String,
  })
})
