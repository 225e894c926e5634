import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { increaseOf } from '../../../../src/watch/series/counters.ts'
import { maintainSeries, sizeOf } from '../../../../src/watch/series/downsample.ts'
import { openMonitoringDatabase } from '../../../../src/watch/series/monitoring-database.ts'
import { createSeriesReader, createSeriesStore, type Layout } from '../../../../src/watch/series/series-store.ts'
import { SERIES_TABLES } from '../../../../src/watch/series/series-tables.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NO_LIMIT = { keptMs: 90 * DAY, maxBytes: 1e9 }
const START = Date.UTC(2026, 0, 1)

const LAYOUT: Layout = [
  { name: 'turns_total', kind: 'counter', labels: { kind: 'answer' } },
  { name: 'turns_total', kind: 'counter', labels: { kind: 'command' } },
  { name: 'sessions', kind: 'gauge', labels: {} },
]

function open(t: Test) {
  const path = join(t.testdir(), 'monitoring.sqlite')
  const { db } = openMonitoringDatabase(path, [SERIES_TABLES])
  t.teardown(() => db.isOpen && db.close())
  return { path, db }
}

t.test('values are read back by metric, labels and time', async t => {
  const store = createSeriesStore(open(t).db, 'p')
  store.append(START, [1, 2, 3], LAYOUT)
  store.append(START + 10_000, [4, 2, 5])
  t.same(store.read('turns_total', [{ label: 'kind', op: '=', value: 'answer' }], START - 1, START + MINUTE), [
    {
      labels: { kind: 'answer' },
      points: [
        { t: START, v: 1 },
        { t: START + 10_000, v: 4 },
      ],
    },
  ])
  t.same(store.read('turns_total', [{ label: 'kind', op: '!~', value: 'ans.*' }], START, START + MINUTE), [
    { labels: { kind: 'command' }, points: [{ t: START + 10_000, v: 2 }] },
  ])
  t.same(store.read('sessions', [], START + 10_000, START + MINUTE), [], 'the beginning is not part of the window')
  t.same(store.read('unknown', [], 0, START * 2), [])
})

t.test('series that appear later, or have no value for a while, keep their place', async t => {
  const store = createSeriesStore(open(t).db, 'p')
  store.append(START, [1], LAYOUT.slice(0, 1))
  store.append(START + 10_000, [9, 2, 7], [...LAYOUT.slice(1, 2), ...LAYOUT.slice(0, 1), ...LAYOUT.slice(2)])
  store.append(START + 20_000, [Number.NaN, 3, 8])
  const points = (kind: string) =>
    store.read('turns_total', [{ label: 'kind', op: '=', value: kind }], 0, START + MINUTE)[0]?.points
  t.same(
    points('answer')?.map(({ v }) => v),
    [1, 2, 3],
  )
  t.same(
    points('command')?.map(({ v }) => v),
    [9],
  )
})

t.test('counters continue over restarts of the server and of the thread', async t => {
  const { path, db } = open(t)
  const first = createSeriesStore(db, 'server 1')
  first.append(START, [10, 0, 1], LAYOUT)
  first.append(START + 10_000, [25, 0, 1])
  db.close()
  const { db: again } = openMonitoringDatabase(path, [SERIES_TABLES])
  t.teardown(() => again.close())
  const second = createSeriesStore(again, 'server 2')
  second.append(START + 20_000, [30, 0, 1], LAYOUT)
  const thread = createSeriesStore(again, 'server 2')
  thread.append(START + 30_000, [32, 0, 1], LAYOUT)
  thread.append(START + 40_000, [2, 0, 1])
  t.same(
    thread.read('turns_total', [{ label: 'kind', op: '=', value: 'answer' }], 0, START + MINUTE)[0]?.points.map(({ v }) => v),
    [10, 25, 55, 57, 59],
  )
  t.same(
    thread.read('sessions', [], 0, START + MINUTE)[0]?.points.map(({ v }) => v),
    [1, 1, 1, 1, 1],
    'gauges are as they are',
  )
})

t.test('downsampling keeps every increase, and the mean and extremes of gauges', async t => {
  const { db } = open(t)
  const store = createSeriesStore(db, 'p')
  let turns = 0
  for (let at = START; at < START + 5 * DAY; at += 10_000) {
    turns += (at / 10_000) % 7
    store.append(at, [turns, 0, (at / 10_000) % 6], at === START ? LAYOUT : undefined)
    if (at % (10 * MINUTE) === 0) maintainSeries(db, NO_LIMIT, at)
  }
  const now = START + 5 * DAY
  maintainSeries(db, NO_LIMIT, now)
  const read = (name: string, from: number) =>
    store.read(name, name === 'sessions' ? [] : [{ label: 'kind', op: '=', value: 'answer' }], from, now)[0]?.points ?? []
  const all = read('turns_total', START + HOUR)
  t.equal(all.at(-1)?.v, turns)
  t.ok(all.length < 200, `${all.length} points of five days`)
  t.ok(
    all.every(({ v }, i) => i === 0 || v >= (all[i - 1]?.v ?? 0)),
    'never falls',
  )
  const recent = read('turns_total', now - 5 * MINUTE)
  t.equal(recent.length, 29)
  t.equal(Math.round(increaseOf(recent, now - 5 * MINUTE, now) ?? 0), Math.round(30 * 3))
  const [hour] = read('sessions', START + HOUR)
  t.match(hour, { min: 0, max: 5, v: 2.5 })
})

t.test('old points are deleted, and the file stays within its limit', async t => {
  const { path, db } = open(t)
  const store = createSeriesStore(db, 'p')
  const wide: Layout = Array.from({ length: 500 }, (_, i) => ({ name: `m${i % 5}`, kind: 'gauge', labels: { i: String(i) } }))
  const limit = { keptMs: 90 * DAY, maxBytes: 2_000_000 }
  for (let i = 0; i < 2000; i++) {
    const at = START + i * 10_000
    store.append(
      at,
      wide.map((_, j) => i * j),
      i === 0 ? wide : undefined,
    )
    if (i % 30 === 0) maintainSeries(db, limit, at)
  }
  maintainSeries(db, limit, START + 20_000_000)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  t.ok(sizeOf(db) <= limit.maxBytes, `${sizeOf(db)} bytes`)
  const reserve = 4_200_000
  t.ok(statSync(path).size <= 2 * limit.maxBytes + reserve, `${statSync(path).size} bytes on disk`)
  t.ok(store.read('m0', [], START + 19_900_000, START + 20_000_000).length > 0, 'the latest points are there')
  maintainSeries(db, limit, START + 200 * DAY)
  t.same(store.read('m0', [], 0, START + 200 * DAY), [])
})

t.test('a clock that goes back a little changes nothing; what a clock ahead stored is deleted', async t => {
  const store = createSeriesStore(open(t).db, 'p')
  const values = () => store.read('sessions', [], 0, START + DAY)[0]?.points.map(({ v }) => v)
  store.append(START, [5, 0, 1], LAYOUT)
  store.append(START - MINUTE, [6, 0, 2])
  store.append(START + 10_000, [7, 0, 3])
  t.same(values(), [1, 3])
  store.append(START + 5 * HOUR, [8, 0, 4])
  store.append(START + 20_000, [9, 0, 5])
  t.same(values(), [1, 3, 5])
  t.same(
    store.read('turns_total', [], 0, START + DAY)[0]?.points.map(({ v }) => v),
    [5, 7, 9],
  )
})

t.test('a window longer than the history gives all that there is, the finest first', async t => {
  const { db } = open(t)
  const store = createSeriesStore(db, 'p')
  for (let at = START; at <= START + 90 * MINUTE; at += 10_000) {
    store.append(at, [Math.min(100, (at - START) / 18_000), 0, 1], at === START ? LAYOUT : undefined)
    if (at % MINUTE === 0) maintainSeries(db, NO_LIMIT, at)
  }
  const points = store.read('turns_total', [], START - 6 * HOUR, START + 90 * MINUTE)[0]?.points ?? []
  t.match(points[0], { t: START, v: 0 })
  t.equal((points.at(-1)?.v ?? 0) - (points[0]?.v ?? 0), 100)
  t.ok(
    points.every(({ t: at }, i) => i === 0 || at > (points[i - 1]?.t ?? 0)),
    'in order, each time once',
  )
})

t.test('after a failed append, later values belong to the right series', async t => {
  const { path, db } = open(t)
  const store = createSeriesStore(db, 'p')
  store.append(START, [1], LAYOUT.slice(0, 1))
  const other = new DatabaseSync(path)
  t.teardown(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  db.exec('PRAGMA busy_timeout = 1')
  t.throws(() => store.append(START + 10_000, [99, 1], [...LAYOUT.slice(2), ...LAYOUT.slice(0, 1)]), /locked/)
  other.exec('ROLLBACK')
  store.append(START + 20_000, [98, 2])
  t.same(
    store.read('turns_total', [], 0, START + DAY)[0]?.points.map(({ v }) => v),
    [1, 2],
  )
  t.same(
    store.read('sessions', [], 0, START + DAY)[0]?.points.map(({ v }) => v),
    [98],
  )
})

t.test('another process reads what is stored', async t => {
  const { path, db } = open(t)
  createSeriesStore(db, 'p').append(START, [5, 0, 1], LAYOUT)
  const other = new DatabaseSync(path, { readOnly: true })
  t.teardown(() => other.close())
  t.equal(createSeriesReader(other).read('sessions', [], 0, START)[0]?.points[0]?.v, 1)
})

t.test('a damaged file, and one of a newer program, are set aside', async t => {
  const path = join(t.testdir(), 'monitoring.sqlite')
  writeFileSync(path, 'not a database, but long enough to be read as one')
  const { db, damage } = openMonitoringDatabase(path, [SERIES_TABLES])
  t.ok(damage)
  createSeriesStore(db, 'p').append(START, [5, 0, 1], LAYOUT)
  db.exec('PRAGMA user_version = 99')
  db.close()
  const newer = openMonitoringDatabase(path, [SERIES_TABLES])
  t.match(newer.damage, { message: /newer/ })
  newer.db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  t.throws(() => openMonitoringDatabase(path, [SERIES_TABLES], 1), /locked/, 'a busy file is no damaged one')
  newer.db.close()
  t.ok(existsSync(`${path}.damaged`))
  t.equal(statSync(path).mode & 0o777, 0o600)
})

t.test('on a full disk there is still room for hours of values', async t => {
  const { db, path } = open(t)
  const store = createSeriesStore(db, 'p')
  store.append(START, [1, 2, 3], LAYOUT)
  maintainSeries(db, NO_LIMIT, START)
  t.ok(statSync(`${path}-wal`).size > 4_000_000, 'the write-ahead log has its room')
  // The file cannot grow any more.
  db.exec(`PRAGMA max_page_count = ${db.prepare('PRAGMA page_count').get()?.page_count}`)
  const hours = 6
  for (let i = 1; i <= hours * 360; i++) {
    store.append(START + i * 10_000, [i, i, i])
    if (i % 6 === 0) maintainSeries(db, NO_LIMIT, START + i * 10_000)
  }
  const [series] = store.read('sessions', [], START, START + hours * HOUR)
  t.equal(series?.points.at(-1)?.v, hours * 360)
  t.same(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'reserve'").all(), [])
})
