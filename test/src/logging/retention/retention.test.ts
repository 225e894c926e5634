import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import nodeFs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { loadConfig } from '../../../../src/config.ts'
import { formatLogFileName, LOG_STREAMS, type LogStream } from '../../../../src/logging/log-streams.ts'
import { LAST_RUN_FILE, readLastRun } from '../../../../src/logging/retention/last-run.ts'
import { dayOf } from '../../../../src/logging/retention/log-day.ts'
import { forecastDaysUntilFull } from '../../../../src/logging/retention/log-forecast.ts'
import {
  type LogFile,
  planRetention,
  type RetentionPolicy,
  retentionPolicy,
} from '../../../../src/logging/retention/retention-policy.ts'
import { type RetentionFs, runRetention } from '../../../../src/logging/retention/retention-run.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2024, 0, 1)
const MB = 1024 * 1024

const day = (index: number) => new Date(START_MS + index * DAY_MS).toISOString().slice(0, 10)
const policyFor = (settings: Record<string, string>) => retentionPolicy(loadConfig(settings))

function file(stream: LogStream, index: number, more: Partial<LogFile> = {}): LogFile {
  return {
    stream,
    day: day(index),
    number: 1,
    compressed: false,
    bytes: MB,
    lastDay: day(index),
    modifiedMs: START_MS + index * DAY_MS,
    ...more,
  }
}

t.test('over eight years each file is compressed and deleted on its day, and not before', t => {
  const periods = {
    development: { chatbot: 7, debug: 7, info: 30, warning: 90, error: 90, audit: 2557 },
    production: { chatbot: 3, debug: 3, info: 14, warning: 365, error: 365, audit: 2557 },
  }
  for (const [environment, keepDays] of Object.entries(periods)) {
    const policy = policyFor({ NODE_ENV: environment, LOG_STREAM_BUDGET_MB: '0' })
    let files: LogFile[] = []
    const wrong: string[] = []
    for (let today = 0; today < 8 * 366; today++) {
      const actions = planRetention(files, day(today), policy)
      for (const { kind, file } of actions) {
        const age = (Date.parse(day(today)) - Date.parse(file.day)) / DAY_MS
        const due = kind === 'delete' ? keepDays[file.stream] + 1 : 8
        if (age !== due) wrong.push(`${kind} ${formatLogFileName(file)} on ${day(today)}`)
      }
      const touched = new Set(actions.map(({ file }) => file))
      const compressed = actions.filter(({ kind }) => kind === 'compress').map(({ file }) => ({ ...file, compressed: true }))
      files = [...files.filter(file => !touched.has(file)), ...compressed, ...LOG_STREAMS.map(stream => file(stream, today))]
    }
    t.same(wrong, [], environment)
    for (const stream of LOG_STREAMS) {
      const kept = files.filter(file => file.stream === stream)
      t.equal(kept.length, keepDays[stream] + 1, `${environment} ${stream}: nothing went that should stay`)
    }
  }
  t.end()
})

t.test('a configured period applies, and chatbot follows the shortest', async t => {
  const policy = policyFor({ LOG_RETENTION_DAYS_INFO: '5', LOG_RETENTION_DAYS_AUDIT: '10', LOG_STREAM_BUDGET_MB: '1' })
  t.same(policy.keepDays, { chatbot: 5, debug: 7, info: 5, warning: 90, error: 90, audit: 10 })
  t.equal(policy.budgetBytes, MB)
  t.throws(
    () => policyFor({ LOG_RETENTION_DAYS_DEBUG: '0' }),
    /LOG_RETENTION_DAYS_DEBUG: "0" is not valid. Use an integer from 1 to 36500/,
  )
  t.throws(() => policyFor({ LOG_TIMEZONE: 'Mars/Olympus' }), /LOG_TIMEZONE: "Mars\/Olympus".*a time zone, such as/)
})

t.test('the period of a file that was written after its day starts at the last write', async t => {
  const policy = policyFor({})
  t.same(planRetention([file('debug', 0, { lastDay: day(3) })], day(10), policy), [])
  t.match(planRetention([file('debug', 0, { lastDay: day(3) })], day(11), policy), [{ kind: 'delete', reason: 'age' }])
})

t.test('a budget deletes the oldest files, never the newest, and never audit files', async t => {
  const policy = { ...policyFor({}), budgetBytes: 3 * MB }
  const files = [3, 1, 2, 0].flatMap(index => [2, 1].map(number => file('warning', index, { number })))
  const deleted = planRetention([...files, ...[0, 1, 2, 3, 4].map(index => file('audit', index))], day(3), policy)
  t.same(
    deleted.map(({ file }) => formatLogFileName(file)),
    ['0.1', '0.2', '1.1', '1.2', '2.1'].map(key => `warning.${day(Number(key[0]))}.${key[2]}.log`),
  )
  t.same(planRetention([file('info', 0, { bytes: 10 * MB })], day(0), policy), [], 'the only file stays')
})

t.test('days follow the time zone, including daylight saving time', async t => {
  t.equal(dayOf(Date.UTC(2026, 6, 1, 22, 30), 'Europe/Berlin'), '2026-07-02')
  t.equal(dayOf(Date.UTC(2026, 0, 1, 22, 30), 'Europe/Berlin'), '2026-01-01')
  t.equal(dayOf(Date.UTC(2026, 0, 1, 4), 'America/New_York'), '2025-12-31')
})

t.test('the days until the disk is full follow from growth, free space and budget', async t => {
  const policy: RetentionPolicy = { ...policyFor({}), budgetBytes: 0 }
  const week = [1, 2, 3, 4, 5, 6, 7].map(index => file('audit', index, { bytes: 10 * MB }))
  t.equal(forecastDaysUntilFull(week, 100 * MB, day(8), policy), 10)
  t.equal(forecastDaysUntilFull(week, 0, day(8), policy), 0)
  t.equal(forecastDaysUntilFull([], 0, day(8), policy), 3650, 'what does not grow never fills')
  const debug = week.map(file => ({ ...file, stream: 'debug' as const }))
  t.equal(forecastDaysUntilFull(debug, 11 * MB, day(8), policy), 3650, 'as much goes a day as comes, but for the eighth')
  const info = week.map(file => ({ ...file, stream: 'info' as const }))
  t.equal(forecastDaysUntilFull(info, 100 * MB, day(8), policy), 10)
  t.equal(forecastDaysUntilFull(info, 100 * MB, day(8), { ...policy, budgetBytes: 150 * MB }), 3650, 'the budget stops it')
})

/**
 * Creates a log of three files: on 1 February one is compressed, one is deleted, and one is kept.
 */
function makeLog(t: { teardown(fn: () => unknown): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-retention-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const put = (stream: LogStream, index: number, name = formatLogFileName(file(stream, index))) => {
    mkdirSync(join(dir, stream), { recursive: true })
    writeFileSync(join(dir, stream, name), `${stream} ${index}\n`.repeat(10_000))
    utimesSync(join(dir, stream, name), (START_MS + index * DAY_MS) / 1000, (START_MS + index * DAY_MS) / 1000)
  }
  put('info', 20)
  put('debug', 20)
  put('info', 30)
  const options = { dir, policy: policyFor({}), timeZone: 'UTC', now: () => START_MS + 31 * DAY_MS }
  const list = () =>
    readdirSync(dir, { recursive: true })
      .map(String)
      .filter(path => path.includes('.') && path !== LAST_RUN_FILE)
      .sort()
  return { dir, put, options, list }
}

const OLD = `info/info.${day(20)}.1.log`
const NEW = `info/info.${day(30)}.1.log`

t.test('a run compresses and deletes due files once, and a dry run only reports them', async t => {
  const { dir, options, list } = makeLog(t)
  const before = list()
  const report = {
    compressed: [OLD],
    deleted: [{ file: `debug/debug.${day(20)}.1.log`, reason: 'age' }],
    failed: [],
    leftovers: [],
  }
  t.match(await runRetention({ ...options, dryRun: true }), report)
  t.same(list(), before)
  t.match(await runRetention(options), report)
  t.same(list(), [`${OLD}.gz`, NEW].sort())
  t.equal(gunzipSync(readFileSync(join(dir, `${OLD}.gz`))).toString(), 'info 20\n'.repeat(10_000))
  t.match(await runRetention(options), { compressed: [], deleted: [], failed: [], leftovers: [] })
  const later = { ...options, now: () => START_MS + 51 * DAY_MS, confirmed: true }
  t.match(await runRetention(later), { deleted: [{ file: `${OLD}.gz`, reason: 'age' }] }, 'compressing does not make it younger')
  t.match(await runRetention({ ...options, dir: join(dir, 'nowhere') }), { compressed: [], deleted: [] })
})

t.test('other files, and temporary files of a running process, are not touched', async t => {
  const { options, put, list } = makeLog(t)
  for (const name of ['notes.txt', `debug.${day(1)}.1.log`, `info.${day(1)}.log`, `info.${day(1)}.1.log.gz.1.tmp`])
    put('info', 1, name)
  const { leftovers } = await runRetention(options)
  t.same(leftovers, [])
  t.equal(list().filter(path => /notes|debug|tmp|\d\.log$/.test(path)).length, 5)
})

t.test('a file that is still being written is not compressed', async t => {
  const { dir, options, list } = makeLog(t)
  let stats = 0
  const fs: RetentionFs = {
    ...nodeFs,
    stat: (async (path: string) => {
      if (String(path).endsWith(OLD) && ++stats === 2) writeFileSync(join(dir, OLD), 'one more\n', { flag: 'a' })
      return nodeFs.stat(path)
    }) as typeof nodeFs.stat,
  }
  await runRetention({ ...options, fs })
  t.same(list(), [OLD, NEW].sort())
})

/** The real file system, in which the n-th and all later operations fail, as after a crash. */
function dyingFs(lastStep: number, steps: { count: number }): RetentionFs {
  const step = <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (++steps.count > lastStep) throw new Error('killed')
      return run(...args)
    }
  }
  const wrapped = Object.fromEntries(
    (['lstat', 'readdir', 'rename', 'rm', 'stat', 'utimes'] as const).map(name => [
      name,
      step(nodeFs[name] as (...args: unknown[]) => Promise<unknown>),
    ]),
  )
  const open = step(async (...args: Parameters<typeof nodeFs.open>) => {
    const handle = await nodeFs.open(...args)
    const methods = { writeFile: step(handle.writeFile.bind(handle)), sync: step(handle.sync.bind(handle)) }
    return Object.assign(handle, methods)
  })
  return { ...wrapped, open } as RetentionFs
}

t.test('after a crash at any step each file is complete, and the next run cleans up', async t => {
  const steps = { count: 0 }
  const whole = makeLog(t)
  await runRetention({ ...whole.options, fs: dyingFs(Number.POSITIVE_INFINITY, steps) })
  t.ok(steps.count > 15, `${steps.count} steps`)
  for (let last = 0; last < steps.count; last++) {
    const { dir, options, list } = makeLog(t)
    await runRetention({ ...options, fs: dyingFs(last, { count: 0 }) }).catch(() => undefined)
    const content = existsSync(join(dir, `${OLD}.gz`))
      ? gunzipSync(readFileSync(join(dir, `${OLD}.gz`)))
      : readFileSync(join(dir, OLD))
    t.equal(content.length, 80_000, `cut off after step ${last}`)
    t.ok(existsSync(join(dir, NEW)))
    t.same((await runRetention(options)).failed, [])
    t.same(list(), [`${OLD}.gz`, NEW].sort(), `tidy after step ${last}`)
  }
})

t.test('the newest audit file is kept at any age, because the next record links to its last', async t => {
  const policy = policyFor({})
  const files = [file('audit', 0), file('audit', 1), file('audit', 1, { number: 2 })]
  const gone = planRetention(files, day(4000), policy).filter(({ kind }) => kind === 'delete')
  t.same(
    gone.map(({ file }) => formatLogFileName(file)),
    ['audit.2024-01-01.1.log', 'audit.2024-01-02.1.log'],
  )
})

t.test('of the audit trail, no file is deleted before an older one', async t => {
  const files = [file('audit', 0, { lastDay: day(3999) }), file('audit', 1), file('audit', 3999)]
  t.same(planRetention(files, day(4000), policyFor({})), [{ kind: 'compress', file: files[1] }])
})

/** A log of two days, whose older files are due after the periods of development. */
function makeYoungLog(t: { teardown(fn: () => unknown): void }) {
  const world = makeLog(t)
  rmSync(join(world.dir, 'debug'), { recursive: true })
  for (const stream of LOG_STREAMS) for (const index of [29, 30]) world.put(stream, index)
  rmSync(join(world.dir, OLD))
  const at = (index: number, more: object = {}) =>
    runRetention({ ...world.options, now: () => START_MS + index * DAY_MS, ...more })
  return { ...world, at }
}

t.test('a clock that jumped eight years ahead deletes nothing, and the right one does again', async t => {
  for (const isFirstRun of [true, false]) {
    const { dir, at, list } = makeYoungLog(t)
    if (!isFirstRun) await at(31)
    const before = list()
    const ahead = START_MS + 8 * 366 * DAY_MS
    const files = before.filter(path => path.includes(day(29)) || !path.startsWith('audit')).length
    const known = START_MS + (isFirstRun ? 30 : 31) * DAY_MS
    for (const start of [0, 60_000]) {
      const report = await at(8 * 366, { startedAt: ahead + start })
      t.match(report, { deleted: [], compressed: [], heldOff: { knownMs: known } })
      t.equal(report.heldOff?.files.length, files)
      t.same(list(), before)
      // A file of the first of the two starts, which has the time of the clock.
      writeFileSync(join(dir, 'info', `info.${day(8 * 366)}.1.log`), 'x')
      utimesSync(join(dir, 'info', `info.${day(8 * 366)}.1.log`), ahead / 1000, ahead / 1000)
      before.push(`info/info.${day(8 * 366)}.1.log`)
      before.sort()
    }
    t.match(await at(33), { deleted: [], heldOff: undefined })
    t.equal(readLastRun(dir), START_MS + 33 * DAY_MS)
    t.match(await at(37), { heldOff: undefined, deleted: [{ reason: 'age' }, { reason: 'age' }] }, 'four days are a weekend')
  }
})

t.test('a confirmed run believes the clock, and so do later ones', async t => {
  const { at, dir } = makeYoungLog(t)
  await at(31)
  t.match(await at(60), { deleted: [], heldOff: { files: { length: 5 } } })
  t.match(await at(60, { dryRun: true, confirmed: true }), { heldOff: undefined, deleted: { length: 5 } })
  t.match(await at(60, { confirmed: true }), { heldOff: undefined, deleted: { length: 5 } })
  t.match(await at(61), { heldOff: undefined, deleted: { length: 1 } })
  await at(10)
  t.equal(readLastRun(dir), START_MS + 61 * DAY_MS, 'a clock that is behind does not set the time back')
  await at(10, { confirmed: true })
  t.equal(readLastRun(dir), START_MS + 10 * DAY_MS)
})

t.test('a budget applies also while the clock is in doubt', async t => {
  const { at, options } = makeYoungLog(t)
  await at(31)
  const policy = { ...options.policy, budgetBytes: 100_000 }
  const { deleted, heldOff } = await at(4000, { policy })
  t.same(
    deleted.map(({ reason }) => reason),
    Array.from({ length: 5 }, () => 'budget'),
  )
  t.ok(heldOff)
})

t.test('audit files are deleted only after their deletion is recorded', async t => {
  const { at, list } = makeYoungLog(t)
  const failed = await at(4000, {
    confirmed: true,
    onShorteningTrail: async () => {
      throw new Error('disk full')
    },
  })
  t.match(failed.failed, [{ file: `audit/audit.${day(29)}.1.log`, err: { message: 'disk full' } }])
  const announced: unknown[] = []
  await at(4000, {
    onShorteningTrail: async (files: readonly string[]) => {
      announced.push(files)
      t.ok(files.every(file => list().includes(file)))
    },
  })
  t.same(announced, [[`audit/audit.${day(29)}.1.log`]])
})

t.test('if an audit file cannot be deleted, all later ones are kept', async t => {
  const { at, list, put, dir } = makeYoungLog(t)
  for (const number of [2, 10]) put('audit', 29, formatLogFileName(file('audit', 29, { number })))
  const rm: RetentionFs['rm'] = async (path, options) => {
    if (path === join(dir, `audit/audit.${day(29)}.2.log`)) throw new Error('not permitted')
    await nodeFs.rm(path, options)
  }
  const { failed } = await at(4000, { confirmed: true, fs: { ...nodeFs, rm } })
  const kept = [2, 10].map(number => `audit/audit.${day(29)}.${number}.log`)
  t.same(
    failed.map(({ file }) => file),
    kept,
  )
  t.same(
    list().filter(path => path.startsWith('audit')),
    [...kept.toReversed(), `audit/audit.${day(30)}.1.log.gz`],
  )
})

t.test('a file with a compressed copy is deleted only if both have the same time', async t => {
  const policy = policyFor({})
  const gz = file('info', 0, { compressed: true })
  t.match(planRetention([gz, file('info', 0)], day(10), policy), [
    { kind: 'delete', reason: 'twin', file: { compressed: false } },
  ])
  const later = file('info', 0, { modifiedMs: gz.modifiedMs + 60_000 })
  t.same(planRetention([gz, later], day(10), policy), [], 'it holds lines of its own, and is not compressed over the other')
})
