import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../../src/config.ts'
import { readLastRun, recordLastRun } from '../../../src/logging/retention/last-run.ts'
import { dayOf } from '../../../src/logging/retention/log-day.ts'
import { POLICY_FILE, readRecordedPolicy, recordPolicy } from '../../../src/logging/retention/recorded-policy.ts'
import { retentionPolicy } from '../../../src/logging/retention/retention-policy.ts'
import { cleanEnvironment, startServer } from '../../worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DAY_MS = 86_400_000
const LONG_AGO_S = Date.UTC(2020, 0, 1) / 1000
const EVERY_PERIOD = Object.fromEntries(
  ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'AUDIT'].map(name => [`LOG_RETENTION_DAYS_${name}`, '100']),
)

/**
 * A log with a DEBUG file of 2020, ERROR files of 20 and of 200 days ago, and a run of retention
 * some days ago.
 */
function createWorld(t: { teardown(fn: () => unknown): void }, daysSinceRun = 0) {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-prune-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
  const put = (stream: string, day: string) => {
    mkdirSync(join(dir, stream), { recursive: true })
    const path = join(dir, stream, `${stream}.${day}.1.log`)
    writeFileSync(path, '{"level":"INFO"}\n')
    utimesSync(path, LONG_AGO_S, LONG_AGO_S)
    return `${stream}/${stream}.${day}.1.log`
  }
  const files = {
    debug: put('debug', '2020-01-01'),
    recent: put('error', daysAgo(20)),
    old: put('error', daysAgo(200)),
  }
  recordLastRun(dir, Date.now() - daysSinceRun * DAY_MS)
  const has = (path: string) => existsSync(join(dir, path))
  const record = (settings: Record<string, string>) => {
    const config = loadConfig(settings)
    recordPolicy(dir, { policy: retentionPolicy(config), timeZone: config.logTimezone }, new Date())
  }
  const prune = (environment: Record<string, string> = {}, ...args: string[]) =>
    spawnSync(process.execPath, ['src/cli/pellucid.js', 'logs', 'prune', ...args], {
      cwd: ROOT,
      env: { ...cleanEnvironment(), DATA_DIR: join(dir, 'data'), LOG_DIR: dir, ...environment },
      encoding: 'utf8',
    })
  return { dir, files, has, record, prune }
}

t.test('prune does what a dry run announces, and a second run finds nothing to do', async t => {
  const { files, has, record, prune } = createWorld(t)
  record({ NODE_ENV: 'production' })
  const dry = prune({}, '--dry-run')
  t.equal(dry.status, 0, dry.stderr)
  t.match(dry.stdout, `would be deleted ${files.debug}: retention period exceeded`)
  t.match(dry.stdout, `would be compressed ${files.recent}`)
  t.ok(has(files.debug))
  const real = prune()
  t.equal(real.status, 0, real.stderr)
  t.match(real.stdout, `deleted ${files.debug}: retention period exceeded\n`)
  t.notOk(has(files.debug))
  t.ok(has(`${files.recent}.gz`))
  t.equal(prune().stdout, 'compressed: 0, deleted: 0 (0.0 MiB), failed: 0\n')
})

t.test('long after the last run, prune keeps the files until it is called with --yes', async t => {
  const { dir, files, has, record, prune } = createWorld(t, 30)
  record({ NODE_ENV: 'production' })
  const { status, stdout, stderr } = prune()
  t.equal(status, 1)
  t.match(
    stderr,
    /^1 files are due, but were kept: it is .*Z by the clock, and the last time known is .*Z\. If .* prune --yes\.\n$/,
  )
  t.match(stdout, 'compressed: 0, deleted: 0')
  t.ok(has(files.debug))
  const confirmed = prune({}, '--yes')
  t.equal(confirmed.status, 0, confirmed.stderr)
  t.notOk(has(files.debug))
  t.ok(Number(readLastRun(dir)) > Date.now() - DAY_MS, 'the server goes on from here')
})

t.test('a shell without NODE_ENV applies the periods of the production server', async t => {
  const { files, has, record, prune } = createWorld(t)
  record({ NODE_ENV: 'production' })
  const { status, stderr } = prune()
  t.equal(status, 0, stderr)
  t.ok(has(`${files.old}.gz`), 'production keeps errors for 365 days, development for 90')
  t.equal(stderr, '')
})

t.test('a setting that differs from the recorded policy is ignored with a warning', async t => {
  const { files, has, record, prune } = createWorld(t)
  record({ NODE_ENV: 'production', LOG_TIMEZONE: 'Europe/Berlin' })
  const { status, stderr } = prune({ LOG_RETENTION_DAYS_ERROR: '90', LOG_RETENTION_DAYS_DEBUG: '3', LOG_STREAM_BUDGET_MB: '1' })
  t.equal(status, 0)
  t.match(
    stderr,
    /LOG_RETENTION_DAYS_ERROR=90 is ignored: the server recorded 365 in .*retention-policy\.json\. Restart the server/,
  )
  t.match(stderr, /LOG_STREAM_BUDGET_MB=1 is ignored: the server recorded 10240/)
  t.notMatch(stderr, /DEBUG|TIMEZONE/, 'equal settings and defaults are not mentioned')
  t.ok(has(`${files.old}.gz`))
})

t.test('without a recorded policy, prune refuses unless every period is set', async t => {
  const { dir, files, has, prune } = createWorld(t)
  for (const { status, stdout, stderr } of [
    prune(),
    prune({ NODE_ENV: 'production' }, '--dry-run'),
    prune({ ...EVERY_PERIOD, LOG_RETENTION_DAYS_ERROR: '' }),
  ]) {
    t.equal(status, 1)
    t.equal(stdout, '')
    t.match(
      stderr,
      /CONFIGURATION_INVALID: No retention policy is recorded in .*Start the server once.*Not set: .*LOG_RETENTION_DAYS_ERROR/,
    )
  }
  for (const file of Object.values(files)) t.ok(has(file), file)
  const explicit = prune(EVERY_PERIOD)
  t.equal(explicit.status, 0, explicit.stderr)
  t.notOk(has(files.old), 'older than the 100 days that were set')
  writeFileSync(join(dir, POLICY_FILE), '{"version":2}')
  t.match(prune(EVERY_PERIOD), {
    status: 1,
    stderr: /retention-policy\.json cannot be used: it is not a retention policy of version 1/,
  })
})

t.test('a command names its audit file by the recorded time zone', async t => {
  const { dir, record, prune } = createWorld(t)
  // The two zones are 25 hours apart, so their days always differ.
  record({ LOG_TIMEZONE: 'Pacific/Kiritimati' })
  const days = () => dayOf(Date.now(), 'Pacific/Kiritimati')
  const before = days()
  const { status, stderr } = prune({ LOG_TIMEZONE: 'Pacific/Pago_Pago' })
  t.equal(status, 0, stderr)
  t.match(stderr, /LOG_TIMEZONE=Pacific\/Pago_Pago is ignored: the server recorded Pacific\/Kiritimati/)
  const names = readdirSync(join(dir, 'audit'))
  t.ok(
    [before, days()].some(day => names.includes(`audit.${day}.1.log`)),
    names.join(),
  )
})

t.test('the server records its policy in LOG_DIR at start', async t => {
  const server = await startServer(t, { LOG_RETENTION_DAYS_INFO: '5', LOG_TIMEZONE: 'Europe/Berlin', LOG_STREAM_BUDGET_MB: '7' })
  await server.stop()
  const path = join(server.logDir, POLICY_FILE)
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.match(JSON.parse(readFileSync(path, 'utf8')), {
    version: 1,
    written_at: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    time_zone: 'Europe/Berlin',
    keep_days: { chatbot: 5, debug: 7, info: 5, warning: 90, error: 90, audit: 2557 },
    compress_after_days: 7,
    stream_budget_bytes: 7 * 1024 * 1024,
  })
  t.match(readRecordedPolicy(server.logDir), {
    timeZone: 'Europe/Berlin',
    policy: { keepDays: { info: 5 }, compressAfterDays: 7 },
  })
  t.same(
    readdirSync(server.logDir).filter(name => /policy/.test(name)),
    [POLICY_FILE],
    'no temporary file remains',
  )
})

t.test('prune without a log directory succeeds and writes nothing', async t => {
  const { dir, prune } = createWorld(t)
  const missing = join(dir, 'missing')
  const { status, stdout, stderr } = prune({ LOG_DIR: missing })
  t.equal(status, 0, stderr)
  t.match(stdout, /^compressed: 0, deleted: 0/)
  t.notOk(existsSync(missing))
})
