import { spawn } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { createLogger, type LoggerOptions } from '../../../src/logging/logger.ts'
import { addLogContext, currentLogContext, withLogContext } from '../../../src/logging/record/log-context.ts'
import { toSafeLine } from '../../../src/logging/redaction/redact-line.ts'
import { expireTimers, UNREACHED_MS } from '../../worlds/time-limits.ts'
import { until } from '../../worlds/until.ts'

const LOGGER = pathToFileURL(join(import.meta.dirname, '../../../src/logging/logger.ts')).href

function createWorld(t: Tap, options: Partial<LoggerOptions> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'pellucid-log-'))
  const dir = join(root, 'logs')
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const app = createLogger({ level: 'DEBUG', dir, terminal: 'none', closeTimeoutMs: UNREACHED_MS, ...options })
  t.teardown(() => app.close())
  return { ...app, app, root, dir, records: () => readRecords(dir) }
}

type Tap = Pick<typeof t, 'teardown'>

function readRecords(dir: string): Record<string, unknown>[] {
  const content = readFileSync(join(dir, 'current.log'), 'utf8')
  return content.split('\n').slice(0, -1).map(parseOnce)
}

/** Parses a JSON object and checks that its keys are unique. */
function parseOnce(line: string): Record<string, unknown> {
  const record = JSON.parse(line)
  if (toSafeLine(JSON.stringify(record)).length !== line.length) throw new Error(`a key occurs twice: ${line}`)
  return record
}

t.test('a record has time, level, module, function, message and context, in a directory with mode 0700', async t => {
  const { logger, close, dir, records } = createWorld(t, { context: () => ({ trace_id: 't1', span_id: 's1' }) })
  logger.info('plain')
  const child = logger.child({ module: 'session_manager' })
  withLogContext({ request_id: 'r1' }, () => {
    addLogContext({ session_id: 'abc' })
    child.warn({ function: 'create_session', user_id: 'p1' }, 'Created new session')
  })
  logger.fatal({ err: new Error('broken') }, 'Ended')
  await close()

  const [plain, session, fatal] = records()
  t.match(plain, { level: 'INFO', level_number: 20, service: 'chatbot', module: 'app', function: 'main', msg: 'plain' })
  t.match(plain?.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.match(session, {
    level: 'WARNING',
    level_number: 30,
    module: 'session_manager',
    function: 'create_session',
    msg: 'Created new session',
  })
  t.match(session, { request_id: 'r1', session_id: 'abc', user_id: 'p1', trace_id: 't1', span_id: 's1' })
  t.match(fatal, { level: 'CRITICAL', level_number: 50, err: { type: 'Error', message: 'broken', stack: String }, msg: 'Ended' })

  t.equal(statSync(dir).mode & 0o777, 0o700)
  t.equal(statSync(join(dir, 'chatbot')).mode & 0o777, 0o700)
  t.match(readlinkSync(join(dir, 'current.log')), /^chatbot\/chatbot\.\d{4}-\d\d-\d\d\.1\.log$/)
})

t.test('keys are unique: a line overrides its logger, a logger its parent, and all of them the context', async t => {
  const { logger, close, records } = createWorld(t, { context: () => ({ request_id: 'context', trace_id: 't' }) })
  const parent = logger.child({ request_id: 'parent', module: 'parent', a: 1 })
  const early = parent.child({ module: 'early' })
  parent.info('parent')
  const late = parent.child({ module: 'late', a: 2 }).child({ a: 3 })
  late.info({ a: 4, request_id: 'line' }, 'late')
  early.info('early')
  late.setBindings({ a: 5 })
  late.info('rebound')
  await close()
  t.match(records(), [
    { module: 'parent', request_id: 'parent', trace_id: 't', a: 1 },
    { module: 'late', request_id: 'line', a: 4 },
    { module: 'early', request_id: 'parent', a: 1 },
    { module: 'late', request_id: 'parent', a: 5 },
  ])
})

t.test('any logged value gives one valid line', async t => {
  const { logger, close, records } = createWorld(t)
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const hostile = JSON.parse(
    '{"__proto__":1,"constructor":2,"toString":"x","time":3,"level":4,"level_number":5,"msg":"other","module":"mine"}',
  )
  logger.info(hostile, 'hostile keys')
  logger.info(
    { cycle, big: 10n, nested: { big: 10n }, symbol: Symbol('s'), fn: () => 1, nan: Number.NaN, date: new Date(0) },
    'odd values',
  )
  const unreadable = {
    get x() {
      throw new Error('no')
    },
  }
  logger.info(unreadable, 'a getter that throws')
  logger.info({ text: 'a\r\nb\u2028\uD800\u0000\u001B[31m' }, 'line\nbreaks')
  logger.error(new Error('bare'))
  logger.info({ text: 'x'.repeat(6_000_000) }, 'larger than all buffers')
  logger.child({ msg: 'other', time: 1 }).info('bound')
  logger.info('%s of %d', 'formatted', 2)
  await close()
  const all = records()
  t.same(
    all.map(record => record.msg),
    [
      'hostile keys',
      'odd values',
      'a getter that throws',
      'line\nbreaks',
      'bare',
      'larger than all buffers',
      'bound',
      'formatted of 2',
    ],
  )
  t.match(all[0], { module: 'mine', msg_: 'other', time_: 3, level: 'INFO' })
})

t.test('durations are rounded to microseconds, at any depth', async t => {
  const { logger, close, records } = createWorld(t)
  const err = Object.assign(new Error('slow'), { facts: { waited_ms: 0.1 + 0.2 } })
  logger.info({ took_ms: 12.3456789, steps: [{ took_ms: 1 / 3 }], ratio: 1 / 3, err }, 'timed')
  await close()
  t.match(records()[0], { took_ms: 12.346, steps: [{ took_ms: 0.333 }], ratio: 1 / 3, err: { facts: { waited_ms: 0.3 } } })
})

t.test('a line reaches its file without waiting for another line or for the end', async t => {
  const { logger, dir } = createWorld(t)
  logger.info('first')
  await until(() => lstatSync(join(dir, 'current.log'), { throwIfNoEntry: false }) !== undefined && readRecords(dir).length === 1)
  logger.info('second')
  await until(() => readRecords(dir).length === 2)
})

t.test('an error is not gathered: it reaches its file, with the lines before it, while no timer can run', async t => {
  const { logger, records, dir } = createWorld(t)
  logger.info('first')
  await until(() => lstatSync(join(dir, 'current.log'), { throwIfNoEntry: false }) !== undefined && readRecords(dir).length === 1)
  logger.info('second')
  logger.error('third')
  await new Promise(setImmediate)
  const deadline = performance.now() + 30_000
  while (records().length < 3 && performance.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  t.match(records(), [{ msg: 'first' }, { msg: 'second' }, { msg: 'third' }])
})

t.test('a level keeps lines of this level and above', async t => {
  const { logger, close, records } = createWorld(t, { level: 'WARNING' })
  for (const method of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[method](method)
  await close()
  t.same(
    records().map(record => record.level),
    ['WARNING', 'ERROR', 'CRITICAL'],
  )
})

t.test('a directory that cannot be created is reported once, and waiting lines are written when it can', async t => {
  const root = mkdtempSync(join(tmpdir(), 'pellucid-log-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, 'in-the-way'), '')
  const dir = join(root, 'in-the-way', 'logs')
  const written = t.capture(process.stderr, 'write', () => true)
  const app = createLogger({ level: 'INFO', dir, terminal: 'none', closeTimeoutMs: UNREACHED_MS })
  for (let i = 0; i < 1000; i++) app.logger.info({ i }, 'numbered')
  await until(() => app.state.failure !== undefined)
  t.match(app.state, { failure: /ENOTDIR/, dropped: { chatbot: 0, info: 0 }, closed: false })
  rmSync(join(root, 'in-the-way'))
  await until(() => app.state.failure === undefined)
  await app.close()
  t.equal(readRecords(dir).length, 1000)
  t.match(
    written().map(({ args }) => String(args[0])),
    [/cannot be written to .*in-the-way.*ENOTDIR/, /are written to .* again/],
  )
  t.equal(app.state.closed, true)
})

t.test('a log directory that is removed is created again', async t => {
  const { logger, app, dir, records } = createWorld(t)
  logger.info('before')
  await until(() => lstatSync(join(dir, 'current.log'), { throwIfNoEntry: false }) !== undefined)
  // The worker may be creating its other files at this moment.
  rmSync(dir, { recursive: true, maxRetries: 10 })
  await until(() => statSync(join(dir, 'current.log'), { throwIfNoEntry: false }) !== undefined)
  logger.info('after')
  await app.close()
  t.match(records().at(-1), { msg: 'after' })
})

t.test('a restart appends to the last file', async t => {
  const root = mkdtempSync(join(tmpdir(), 'pellucid-log-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'chatbot'))
  for (const msg of ['first', 'second']) {
    const { logger, close } = createLogger({ level: 'INFO', dir: root, terminal: 'none', closeTimeoutMs: UNREACHED_MS })
    logger.info(msg)
    await close()
  }
  t.same(
    readRecords(root).map(record => record.msg),
    ['first', 'second'],
  )
})

t.test('the log context follows asynchronous work, and ends with its function', async t => {
  const ids = { request_id: 'r1' }
  await withLogContext(ids, async () => {
    await delay(1)
    addLogContext({ turn_id: 't1' })
    t.same(currentLogContext(), { request_id: 'r1', turn_id: 't1' })
  })
  t.same(ids, { request_id: 'r1', turn_id: 't1' }, 'entered again with the same object, it is the same context')
  addLogContext({ turn_id: 'nowhere' })
  t.equal(currentLogContext(), undefined)
})

/** Runs a process that writes 10,000 numbered lines, closes the log and exits at once. */
function logInChild(root: string, dir: string, terminal: string, environment: Record<string, string> = {}) {
  const options = { level: 'INFO', dir, terminal, closeTimeoutMs: UNREACHED_MS }
  const code = `
    import { createLogger } from ${JSON.stringify(LOGGER)}
    const { logger, close } = createLogger(${JSON.stringify(options)})
    for (let i = 0; i < 10_000; i++) logger.info({ i, text: 'é\\n\\u2028'.repeat(20) }, 'numbered')
    await close()
    process.exit(0)`
  const program = join(root, 'program.mjs')
  writeFileSync(program, code)
  return spawn(process.execPath, [program], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
}

t.test('close loses nothing: 10,000 lines reach the file and the terminal, complete and in order', async t => {
  const { root, dir } = createWorld(t)
  for (const terminal of ['json', 'text']) {
    const into = join(dir, terminal)
    const child = logInChild(root, into, terminal)
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    t.equal(err, '')
    t.same(
      readRecords(into).map(record => record.i),
      Array.from({ length: 10_000 }, (_, i) => i),
    )
    const numbers = out
      .split('\n')
      .slice(0, -1)
      .map(line => Number(/\bi"?[=:](\d+)/.exec(line)?.[1]))
    t.same(
      numbers,
      Array.from({ length: 10_000 }, (_, i) => i),
    )
  }
})

t.test('an unread terminal does not delay closing', async t => {
  const { root, dir } = createWorld(t)
  // The limit for a reader that takes nothing, but not the one of closing.
  const child = logInChild(root, dir, 'text', { NODE_OPTIONS: expireTimers('setTimeout', UNREACHED_MS / 4) })
  const code = await new Promise(resolve => child.once('exit', resolve))
  t.equal(code, 0)
  t.equal(readRecords(dir).length, 10_000)
  child.stdout.destroy()
})

t.test('an error goes to the error archive, whatever keys its facts have', async t => {
  const { logger, close, dir } = createWorld(t)
  logger.error({ 404: 'bob@example.com' }, 'a name like a number')
  logger.error(['ada@example.com'], 'a list')
  await close()
  const archived = readFileSync(join(dir, 'error.log'), 'utf8').trimEnd().split('\n').map(parseOnce)
  t.match(archived, [
    { level: 'ERROR', '404_': '[email]' },
    { level: 'ERROR', '0_': '[email]' },
  ])
})
