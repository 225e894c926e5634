import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { AUDIT_EVENTS } from '../../../src/audit/audit-events.ts'
import { auditFileName } from '../../../src/audit/audit-files.ts'
import { CHAIN_START, parseAuditRecord } from '../../../src/audit/audit-record.ts'
import { auditStatePath, openAuditState } from '../../../src/audit/audit-state.ts'
import { verifyAuditTrail } from '../../../src/audit/audit-verification.ts'
import { formatLogFileName } from '../../../src/logging/log-streams.ts'
import { type AuditWorld, createAuditWorld, DAY_MS, START_MS } from './audit-world.ts'

const CHILD = join(import.meta.dirname, 'append-records.ts')
const TODAY = 'audit.2026-01-15.1.log'

t.test('a record holds time, actor, event, trail id and previous hash; files and folders are private to their owner', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  const head = world.append(trail, 'content_erased', { session_id: 's' })
  const [first, second] = world.records()
  t.match(first, { time: '2026-01-15T10:00:00.000Z', seq: 1, event: 'document_stored', actor: 'loopback', document_id: 'tea.md' })
  t.equal(first?.previous, CHAIN_START.hash)
  t.match(second, { seq: 2, session_id: 's', previous: first?.hash, hash: head.hash })
  t.same(world.files(), [TODAY])
  t.equal(statSync(world.dir).mode & 0o777, 0o700)
  t.equal(statSync(join(world.dir, TODAY)).mode & 0o777, 0o600)
  t.equal(statSync(join(world.dataDir, 'audit-head.sqlite')).mode & 0o777, 0o600)
  t.equal(auditFileName('2026-01-15'), formatLogFileName({ stream: 'audit', day: '2026-01-15', number: 1, compressed: false }))
})

t.test('the chain continues across days, also if the clock is set back', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  for (const shift of [0, 1, 1, -3, 2]) {
    world.nowMs = START_MS + shift * DAY_MS
    world.append(trail)
  }
  t.same(world.files(), [TODAY, 'audit.2026-01-16.1.log', 'audit.2026-01-17.1.log'])
  t.same(
    world.records().map(({ seq, time }) => [seq, String(time).slice(8, 10)]),
    [
      [1, '15'],
      [2, '16'],
      [3, '16'],
      [4, '12'],
      [5, '17'],
    ],
  )
})

t.test('any fact becomes one bounded line of ASCII that can be parsed', async t => {
  const world = createAuditWorld(t)
  const hostile = 'a\r\nb\u2028\u2029\u0085\u001b[31m\u202e\ud800é漢😀\u0000"\\'
  world.append(world.open(), 'document_stored', { document_id: hostile, title: 'x'.repeat(5000) })
  const text = world.read(TODAY)
  t.match(text, /^[ -~]+\n$/)
  t.match(parseAuditRecord(text.slice(0, -1)), { document_id: hostile, title: `${'x'.repeat(1000)}… (4000 more)` })
})

t.test('a record that was written before a crash but is not in the head is recovered, and is not damage', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  const { known, setHead, exclusively, close } = openAuditState(world.dataDir, 1000)
  const early = known().head
  world.nowMs += DAY_MS
  world.append(trail)
  trail.close()
  // Simulates a crash after the second record begins a new file and before the head is updated.
  exclusively(() => setHead(early!))
  close()
  const last = world.append(world.open())
  t.match(world.records().slice(2), [
    { seq: 3, event: 'trail_recovered', problem: /not yet their numbers/ },
    { seq: 4, grouped: true },
  ])
  t.match(world.findings, [{ broken: false }])
  t.match(await verifyAuditTrail(world.dir, last), { records: 4, problem: undefined })
})

t.test('of records that were written together, a crash leaves the first ones, and the trail verifies', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  const { known, setHead, exclusively, close } = openAuditState(world.dataDir, 1000)
  const early = known().head
  const entry = { event: 'document_stored', actor: 'loopback', time: world.nowMs } as const
  trail.append(entry, entry, entry)
  trail.close()
  const whole = world.read(TODAY)
  for (let bytes = early!.bytes; bytes <= whole.length; bytes += 7) {
    world.write(TODAY, whole.slice(0, bytes))
    exclusively(() => setHead(early!))
    const reopened = world.open()
    const last = world.append(reopened)
    reopened.close()
    const complete = whole.slice(0, bytes).split('\n').length - 1
    const isWhole = bytes === early!.bytes
    t.equal(last.seq, complete + (isWhole ? 1 : 2), `${bytes} bytes`)
    t.match(await verifyAuditTrail(world.dir, last), { records: last.seq, problem: undefined }, `${bytes} bytes`)
  }
  close()
  t.ok(world.findings.every(({ broken }) => !broken))
})

t.test('the very first record is recovered as well: the id of a new trail is stored before it', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  const [first] = world.records()
  trail.close()
  forgetHead(world)
  world.assignTrailId(String(first?.trail))
  t.match(await verifyAuditTrail(world.dir, world.append(world.open())), { records: 3, problem: undefined })
  t.match(world.findings, [{ broken: false }])
})

t.test('a partial record is removed, and is not damage', async t => {
  for (const cut of [1, 40, 250]) {
    const world = createAuditWorld(t)
    world.append(world.open())
    const whole = world.read(TODAY)
    appendFileSync(join(world.dir, TODAY), whole.slice(0, cut))
    const last = world.append(world.open())
    t.ok(world.read(TODAY).startsWith(`${whole}{"time"`))
    t.match(world.findings, [{ broken: false, problem: new RegExp(`only ${cut} bytes`) }])
    t.match(await verifyAuditTrail(world.dir, last), { records: 3, problem: undefined })
  }
})

t.test('a server records a damaged end, keeps it as evidence and continues the trail', async t => {
  const cases: Readonly<Record<string, (path: string) => void>> = {
    'ends before record 3': path => truncateSync(path, statSync(path).size - 10),
    'is gone$': path => renameSync(path, path.replace('15.1', '14.1')),
    'records after number 3': path => appendFileSync(path, 'noise\nnoise\n'),
  }
  for (const [problem, harm] of Object.entries(cases)) {
    const world = createAuditWorld(t)
    const trail = world.open()
    for (let n = 0; n < 3; n++) world.append(trail)
    trail.close()
    harm(join(world.dir, TODAY))
    const reopened = world.open()
    const last = world.append(reopened)
    t.equal(last.seq, 5, problem)
    t.match(world.findings, [{ broken: true, problem: new RegExp(problem) }])
    world.append(reopened)
    t.equal(world.findings.length, 1, 'it is reported once')
    t.match((await verifyAuditTrail(world.dir, last)).problem, { kind: /cut off|changed/ }, problem)
  }
})

t.test('concurrent processes write one after another, and the chain never forks', async t => {
  const world = createAuditWorld(t)
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [CHILD, world.root, '50'])))
  world.nowMs = Date.now()
  const last = world.append(world.open())
  t.equal(last.seq, 201)
  t.match(await verifyAuditTrail(world.dir, last), { records: 201, problem: undefined })
  t.same(world.findings, [])
})

t.test('a process killed at any moment leaves a trail that verifies', async t => {
  const world = createAuditWorld(t)
  for (let run = 0; run < 4; run++) {
    const child: ChildProcess = spawn(process.execPath, [CHILD, world.root, '100000'])
    const goal = run * 40 + 20
    while (count(world.root) < goal) await new Promise(resolve => setImmediate(resolve))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  world.nowMs = Date.now()
  const last = world.append(world.open())
  t.match(await verifyAuditTrail(world.dir, last), { records: last.seq, problem: undefined })
})

t.test('appending throws while the trail cannot be written, and then continues; a removed folder is created again', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  rmSync(world.dir, { recursive: true })
  writeFileSync(world.dir, 'no folder')
  t.throws(() => world.append(trail), { code: 'ENOTDIR' })
  rmSync(world.dir)
  t.match(world.append(trail), { seq: 3 })
  t.match(world.findings.at(-1), { broken: true })
})

t.test('records whose head cannot be written, also at the commit, are cut back, and the trail verifies', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  const first = world.append(trail)
  const before = world.read(TODAY)
  const head = new DatabaseSync(auditStatePath(world.dataDir))
  t.teardown(() => head.close())
  // What a full disk does: the first at the write of the head, the second at its commit.
  head.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
  head.exec('CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)')
  for (const failure of ["SELECT RAISE(ABORT, 'full')", 'INSERT INTO child VALUES (1)']) {
    head.exec(`CREATE TRIGGER full BEFORE UPDATE ON state WHEN NEW.name = 'head' BEGIN ${failure}; END`)
    for (let n = 0; n < 3; n++) {
      t.throws(() => world.append(trail))
      t.equal(world.read(TODAY), before)
    }
    t.match(await verifyAuditTrail(world.dir, first, { mayGrow: false }), { records: 1, problem: undefined })
    head.exec('DROP TRIGGER full')
  }
  const last = world.append(trail)
  t.equal(last.seq, 2)
  t.match(await verifyAuditTrail(world.dir, last, { mayGrow: false }), { records: 2, problem: undefined })
  t.strictSame(world.findings, [])
})

t.test('any run of records of the trail that continues the head is taken over, through several files', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  const { known, setHead, exclusively, close } = openAuditState(world.dataDir, 1000)
  const early = known().head
  for (let n = 0; n < 3; n++) {
    world.append(trail)
    world.nowMs += DAY_MS
    world.append(trail)
  }
  trail.close()
  exclusively(() => setHead(early!))
  close()
  const last = world.append(world.open())
  t.equal(last.seq, 9)
  t.match(world.findings, [{ broken: false, problem: /not yet their numbers/ }])
  t.match(await verifyAuditTrail(world.dir, last), { records: 9, problem: undefined })
})

t.test('if the file of a day is already compressed, its records continue in another file, also after a crash', async t => {
  for (const isTwin of [false, true]) {
    const world = createAuditWorld(t)
    const trail = world.open()
    world.append(trail)
    world.write(`${TODAY}.gz`, gzipSync(readFileSync(join(world.dir, TODAY))))
    if (!isTwin) rmSync(join(world.dir, TODAY))
    world.append(trail)
    world.append(trail)
    t.same(world.files(), [...(isTwin ? [TODAY] : []), `${TODAY}.gz`, 'audit.2026-01-15.2.log'])
    appendFileSync(join(world.dir, 'audit.2026-01-15.2.log'), '{"time"')
    const last = world.append(world.open())
    t.match(last, { seq: 5, number: 2 })
    t.match(world.findings, [{ broken: false, problem: /only 7 bytes/ }])
    t.match(await verifyAuditTrail(world.dir, last), { records: 5, problem: undefined })
    world.nowMs += DAY_MS
    t.match(world.append(trail), { seq: 6, number: 1, day: '2026-01-16' })
    t.equal(world.findings.length, 1)
  }
})

t.test('the settings of the last start are stored', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  t.equal(trail.configuration(), undefined)
  trail.keepConfiguration({ PORT: 1 })
  trail.close()
  t.same(world.open().configuration(), { PORT: 1 })
})

t.test('every event has a description', async t => {
  for (const [name, { text }] of Object.entries(AUDIT_EVENTS)) t.match(text, /^[A-Z].*\.$/, name)
})

/** Deletes the head database. */
function forgetHead({ dataDir }: AuditWorld): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `audit-head.sqlite${suffix}`), { force: true })
}

/** Estimates the number of records from the size of today's file. */
function count(root: string): number {
  const dir = join(root, 'logs', 'audit')
  if (!existsSync(dir)) return 0
  const day = new Date().toISOString().slice(0, 10)
  const size = statSync(join(dir, auditFileName(day)), { throwIfNoEntry: false })?.size ?? 0
  return Math.floor(size / 300)
}
