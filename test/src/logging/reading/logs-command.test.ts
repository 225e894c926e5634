import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import t from 'tap'
import { runLogs } from '../../../../src/cli/log/logs.ts'
import { addLogsOptions } from '../../../../src/cli/log/logs-options.ts'
import { line, makeLogFolder, runCommand, START } from './log-folder.ts'

const TIME = new Date(START).toISOString()
const FILE = 'chatbot.2026-01-15.1.log'

t.test('lines are printed as text or JSON, and control characters are escaped', async t => {
  const evil = `{"level":"INFO","time":"${TIME}","module":"m","function":"f","msg":"\u202e\u009b31m"}`
  const dir = makeLogFolder(t, { [FILE]: [line(0, { session_id: 'abc' }), evil, '\u001b[31mnot a record'] })
  const text = await runCommand(dir, {})
  t.equal(text.code, 0)
  t.match(text.out, `${TIME} [INFO] [app] [main] Something happened session_id=abc\n${TIME} [INFO] [m] [f] `)
  t.match(text.out, /\[WARNING\] \[logs\] \[read\] Line is not a log record .*not a record/)
  const json = await runCommand(dir, { json: true })
  t.equal(json.out.split('\n')[0], line(0, { session_id: 'abc' }))
  t.same(JSON.parse(json.out.split('\n')[1]!), JSON.parse(evil))
  for (const { out } of [text, json]) t.notMatch(out, /[^\P{C}\n]/u)
})

t.test('options filter lines, and a user is found by id and by pseudonym', async t => {
  const dir = makeLogFolder(t, {
    [FILE]: [
      line(0, { turn_id: 't1', user_id: 'u_ann' }),
      line(1, { trace_id: 'c1', level: 'WARNING' }),
      line(2, { turn_id: 't1', level: 'ERROR', module: 'search' }),
    ],
  })
  const count = async (options: Parameters<typeof runCommand>[1]) => (await runCommand(dir, options)).out.split('\n').length - 1
  t.equal(await count({ turn: 't1' }), 2)
  t.equal(await count({ trace: 'c1' }), 1)
  t.equal(await count({ user: 'ann' }), 1)
  t.equal(await count({ level: 'WARNING' }), 2)
  t.equal(await count({ module: 'search', turn: 't1' }), 1)
  t.equal(await count({ grep: /happened/ }), 3)
  t.match((await runCommand(dir, { limit: 1 })).out, /^\S+ \[ERROR\] \[search\] [^\n]+\n$/, 'the last one')
})

t.test('an invalid value is refused with a description of valid ones', async t => {
  for (const [args, hint] of [
    [['--level', 'LOUD'], /DEBUG, INFO, WARNING, ERROR, CRITICAL/],
    [['--since', 'yesterday'], /15m, 2h or 3d/],
    [['--stream', 'audit'], /chatbot, debug/],
    [['--grep', '('], /regular expression/],
    [['--limit', '0'], /from 1 to/],
  ] as const) {
    const command = addLogsOptions(new Command(), () => START)
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
    t.throws(() => command.parse(args, { from: 'user' }), { message: hint }, args.join(' '))
  }
})

t.test('a missing or unreadable log is reported', async t => {
  const missing = await runCommand(join(t.testdir(), 'none'), {})
  t.equal(missing.code, 1)
  t.match(missing.err, /^\/.*none: no such directory\. .*set LOG_DIR/)
  const damaged = await runCommand(makeLogFolder(t, { [`${FILE}.gz`]: Buffer.from('no gzip') }), {})
  t.equal(damaged.code, 1)
  t.match(damaged.err, `${FILE}.gz: `)
})

t.test('--follow survives growth, rotation, truncation and deletion', async t => {
  const dir = makeLogFolder(t, { [FILE]: [line(0, { n: 0 })] })
  const first = join(dir, 'chatbot', FILE)
  const second = join(dir, 'chatbot/chatbot.2026-01-15.2.log')
  const third = join(dir, 'chatbot/chatbot.2026-01-16.1.log')
  const add = (path: string, n: number) => appendFileSync(path, `${line(n, { n })}\n`)
  const steps = [
    () => appendFileSync(first, line(1, { n: 1 }).slice(0, 20)),
    () => appendFileSync(first, `${line(1, { n: 1 }).slice(20)}\n`),
    () => {
      add(first, 2)
      utimesSync(first, START / 1000, START / 1000)
      add(second, 3)
    },
    () => truncateSync(second, 0),
    () => add(second, 4),
    () => rmSync(second),
    () => add(third, 5),
    () => renameSync(third, `${third}.moved`),
    () => writeFileSync(third, `${line(6, { n: 6 })}\n`),
    () => rmSync(join(dir, 'chatbot'), { recursive: true }),
    () => {
      mkdirSync(join(dir, 'chatbot'))
      add(first, 7)
    },
    () => {},
  ]
  const { out } = await runCommand(dir, { follow: true, json: true }, async () => {
    const step = steps.shift()
    step?.()
    return step !== undefined
  })
  t.same(
    out
      .split('\n')
      .slice(0, -1)
      .map(text => JSON.parse(text).n),
    [0, 1, 2, 3, 4, 5, 6, 7],
  )
})

t.test('the command ends quietly when its reader closes the pipe', async t => {
  const dir = makeLogFolder(t, { [FILE]: Array.from({ length: 20_000 }, (_, n) => line(n)) })
  const stdout = new PassThrough()
  stdout.once('data', () => stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })))
  const deps = {
    dir,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: { write: () => true },
    namesOf: () => [],
    wait: async () => false,
  }
  t.equal(await runLogs({}, deps), 0)
})

t.test('--stats counts volumes and reports malformed lines, repeated lines and gaps', async t => {
  const minute = 60_000
  const traffic = (from: number) => Array.from({ length: 12 }, (_, n) => line(from + n * 1000, { n }))
  const dir = makeLogFolder(t, {
    [FILE]: [
      ...traffic(0),
      'garbage',
      line(minute, { level: 'LOUD' }),
      line(minute, { level: 'ERROR', msg: 'Twice' }),
      line(minute, { level: 'ERROR', msg: 'Twice' }),
      ...traffic(minute),
      ...traffic(40 * minute),
    ],
  })
  const { out, code } = await runCommand(dir, { stats: true, json: true })
  const stats = JSON.parse(out)
  t.equal(code, 0)
  t.equal(stats.lines, 40)
  t.same(stats.by_level.ERROR.lines, 2)
  t.same(
    stats.malformed.map(({ what, where }: Record<string, string>) => [what, where?.split(':')[1]]),
    [
      ['not a JSON object', '13'],
      ['level is unknown', '14'],
    ],
  )
  t.same(
    stats.doubled.map(({ what, count }: Record<string, unknown>) => [what, count]),
    [['Twice', 1]],
  )
  t.equal(stats.gaps.length, 1)
  t.match((await runCommand(dir, { stats: true })).out, /Gaps: 1\n.*\(?39 minutes/)
  t.match((await runCommand(dir, { stats: true, gapMinutes: 60 })).out, 'Gaps: none')
})

t.test('--errors groups failures, with affected users and the lines before', async t => {
  const fail = (at: number, user: string) =>
    line(at, {
      level: 'ERROR',
      module: 'search',
      request_id: `r${at}`,
      session_id: 's1',
      user_id: user,
      msg: 'Search failed',
      err: { type: 'TypeError', message: 'x' },
    })
  const dir = makeLogFolder(t, {
    [FILE]: [
      ...Array.from({ length: 15 }, (_, n) => line(n, { session_id: 's1', n })),
      line(20, { session_id: 's2', msg: 'Line of another session' }),
      fail(30, 'u_1'),
      line(40, { level: 'CRITICAL', module: 'database', msg: 'Disk full' }),
      fail(50, 'u_2'),
    ],
  })
  const { out, code } = await runCommand(dir, { errors: true, json: true })
  const [search, disk] = out
    .split('\n')
    .slice(0, -1)
    .map(text => JSON.parse(text))
  t.equal(code, 0)
  t.match(search, {
    module: 'search',
    message: 'Search failed',
    error_type: 'TypeError',
    count: 2,
    users: ['u_1', 'u_2'],
    request_id: 'r50',
  })
  t.same(
    search.before.map(({ n, msg }: Record<string, unknown>) => n ?? msg),
    [6, 7, 8, 9, 10, 11, 12, 13, 14, 'Search failed'],
  )
  t.match(disk, { module: 'database', count: 1, users: [], before: [] })
  const text = (await runCommand(dir, { errors: true })).out
  t.match(text, /^3 failures in 2 groups\n\n2 × from .* 2 users affected\n/)
  t.equal((await runCommand(dir, { failOnErrors: true })).code, 1)
  t.equal((await runCommand(dir, { failOnErrors: true, module: 'chat' })).code, 0)
})

t.test('a failure that only an archive still contains is reported', async t => {
  const failed = line(10, { level: 'ERROR', module: 'search', msg: 'Search failed' })
  const dir = makeLogFolder(t, { [FILE]: [line(0), line(20)], 'error.2026-01-15.1.log': [failed] })
  t.match((await runCommand(dir, { errors: true })).out, /^1 failure in 1 group\n/)
})
