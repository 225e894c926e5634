import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { setTimeZone } from '../../../../src/config.ts'
import {
  ARCHIVE_OF,
  archiveOfLine,
  FILE_STREAMS,
  formatLogFileName,
  parseLogFileName,
} from '../../../../src/logging/log-streams.ts'
import { LEVELS } from '../../../../src/logging/record/levels.ts'
import { dayOf } from '../../../../src/logging/retention/log-day.ts'
import { createLogCounts } from '../../../../src/logging/writing/log-counts.ts'
import { claimLogDirectory } from '../../../../src/logging/writing/log-directory.ts'
import { createLogFiles } from '../../../../src/logging/writing/log-files.ts'
import { UNREACHED_MS } from '../../../worlds/time-limits.ts'

const MIB = 1024 * 1024

function createWorld(t: { teardown(fn: () => unknown): void }, maxFileBytes = 100 * MIB) {
  const dir = join(mkdtempSync(join(tmpdir(), 'pellucid-files-')), 'logs')
  const counts = createLogCounts()
  const open = () => createLogFiles({ dir, maxFileBytes, counts, onChange: () => undefined, closeTimeoutMs: UNREACHED_MS })
  const names = (stream: string) => readdirSync(join(dir, stream)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const lines = (stream: string) =>
    names(stream).flatMap(name =>
      readFileSync(join(dir, stream, name), 'utf8')
        .split('\n')
        .slice(0, -1),
    )
  t.teardown(() => rmSync(join(dir, '..'), { recursive: true, force: true }))
  return { dir, counts, open, names, lines }
}

const line = (level: string, facts: object = {}) => `${JSON.stringify({ level, level_number: 0, ...facts })}\n`

/** Resolves when the files are open and hold the written lines. */
async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}

t.test('each line is in chatbot and in the archive of its level, whatever its text contains', async t => {
  const { dir, counts, open, lines, names } = createWorld(t)
  const files = open()
  const misleading = { msg: '{"level":"ERROR"', text: '\n{"level":"CRITICAL"}\n', 'level":"ERROR': 1 }
  const all = LEVELS.map(({ name }) => line(name, misleading))
  files.write(all.join(''))
  files.write('no record\n')
  await files.end()
  t.equal(lines('chatbot').length, 6)
  for (const archive of ['debug', 'info', 'warning', 'error'] as const) {
    const own = LEVELS.filter(({ name }) => ARCHIVE_OF[name] === archive).map(({ name }) => line(name, misleading).trimEnd())
    t.same(lines(archive), archive === 'warning' ? [...own, 'no record'] : own, archive)
  }
  t.equal(archiveOfLine('xx{"level":"DEBUG"}', 2), 'debug')
  t.equal(archiveOfLine('{"level":"UNKNOWN"}'), 'warning')

  t.same(readdirSync(dir).sort(), ['chatbot', 'current.log', 'debug', 'error', 'error.log', 'info', 'warning'])
  for (const stream of FILE_STREAMS) {
    t.ok(names(stream).every(name => parseLogFileName(name)?.stream === stream))
    t.equal(statSync(join(dir, stream, names(stream)[0] ?? '')).mode & 0o777, 0o600)
  }
  t.equal(readlinkSync(join(dir, 'error.log')), join('error', names('error')[0] ?? ''))
  t.same(
    FILE_STREAMS.map(stream => counts.get('written', stream)),
    [6, 1, 1, 2, 2],
  )
})

t.test('a full file is followed by the next, the links follow, and no line is cut or dropped', async t => {
  const { dir, counts, open, names, lines } = createWorld(t, MIB)
  for (const round of [0, 1]) {
    const files = open()
    for (let n = round * 40; n < round * 40 + 40; n++) {
      files.write(line('ERROR', { n, text: 'x'.repeat(100_000) }))
      await waitFor(() => counts.get('written', 'error') > n)
      await turn()
    }
    t.equal(realpathSync(join(dir, 'current.log')), realpathSync(join(dir, 'chatbot', names('chatbot').at(-1) ?? '')))
    t.equal(realpathSync(join(dir, 'error.log')), realpathSync(join(dir, 'error', names('error').at(-1) ?? '')))
    await files.end()
  }
  t.same(
    names('error').map(name => parseLogFileName(name)?.number),
    [1, 2, 3, 4, 5, 6, 7, 8].slice(0, names('error').length),
  )
  t.ok(names('error').length >= 7, `${names('error').length} files`)
  for (const name of names('error')) t.ok(statSync(join(dir, 'error', name)).size < 1.2 * MIB)
  t.same(
    lines('error').map(text => JSON.parse(text).n),
    Array.from({ length: 80 }, (_, n) => n),
  )
})

t.test('a new file begins at midnight', async t => {
  const { open, names, lines } = createWorld(t)
  const midnight = new Date().setHours(24, 0, 0, 0)
  mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval'], now: midnight - 5000 })
  t.teardown(() => mock.timers.reset())
  const files = open()
  files.write(line('INFO', { when: 'before' }))
  await waitFor(() =>
    FILE_STREAMS.every(stream => {
      try {
        return names(stream).length === 1
      } catch {
        return false
      }
    }),
  )
  mock.timers.tick(6000)
  files.write(line('INFO', { when: 'after' }))
  const ended = files.end()
  await turn()
  mock.timers.tick(3000)
  await ended
  const [today, tomorrow] = names('info').map(parseLogFileName)
  t.match([today, tomorrow], [{ number: 1 }, { number: 1 }])
  t.equal(Date.parse(tomorrow?.day ?? '') - Date.parse(today?.day ?? ''), 86_400_000)
  t.same(
    lines('info').map(text => JSON.parse(text).when),
    ['before', 'after'],
  )
  t.equal(names('chatbot').length, 2)
})

t.test('the day in file names follows the configured time zone', async t => {
  const { TZ = 'UTC' } = process.env
  t.teardown(() => setTimeZone(TZ))
  // UTC+14 and UTC-11: at any time at least one of them has another day than UTC.
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    setTimeZone(zone)
    const { open, names } = createWorld(t)
    const day = dayOf(Date.now(), zone)
    const files = open()
    files.write(line('INFO'))
    await files.end()
    t.same(names('info'), [`info.${day}.1.log`])
  }
})

t.test('a partial line of a killed process is followed by a line break', async t => {
  const { dir, open, names, lines } = createWorld(t)
  const first = open()
  first.write(line('INFO', { n: 1 }))
  await first.end()
  appendFileSync(join(dir, 'info', names('info')[0] ?? ''), '{"level":"INFO","n":')
  const second = open()
  second.write(line('INFO', { n: 2 }))
  await second.end()
  t.same(lines('info'), [line('INFO', { n: 1 }).trimEnd(), '{"level":"INFO","n":', line('INFO', { n: 2 }).trimEnd()])
})

t.test('a log directory that is a file is reported, and waiting lines are counted', async t => {
  const { dir, counts, open } = createWorld(t)
  writeFileSync(dir, '')
  const files = open()
  files.write(line('INFO').repeat(10))
  await waitFor(() => files.failure !== undefined)
  t.match(files.failure, /chatbot: .*(ENOTDIR|EEXIST)/)
  await files.end()
  t.equal(counts.dropped('chatbot'), 10)
  t.equal(counts.dropped('info'), 10)
})

t.test('a burst before the files are open is kept', async t => {
  const { counts, open, lines } = createWorld(t)
  const files = open()
  for (let n = 0; n < 80; n++) files.write(line('INFO', { n, text: 'x'.repeat(100_000) }))
  await files.end()
  t.equal(counts.dropped('chatbot'), 0)
  t.equal(lines('info').length, 80)
})

t.test('one process at a time holds the claim on a log directory', async t => {
  const { dir } = createWorld(t)
  const first = await claimLogDirectory(dir)
  t.equal(first.granted, true)
  t.equal((await claimLogDirectory(dir)).granted, process.platform !== 'linux')
  first.release()
  await turn()
  t.equal((await claimLogDirectory(dir)).granted, true)
})

t.test('a formatted file name is parsed back, and other names are not', async t => {
  const name = { stream: 'error', day: '2026-01-15', number: 12, compressed: true } as const
  t.same(parseLogFileName(formatLogFileName(name)), name)
  for (const other of ['error.2026-01-15.log', 'other.2026-01-15.1.log', 'error.2026-01-15.1.log.gz.tmp', ''])
    t.equal(parseLogFileName(other), undefined)
})
