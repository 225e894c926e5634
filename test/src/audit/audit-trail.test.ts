import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { AUDIT_EVENTS } from '../../../src/audit/audit-events.ts'
import { auditFileName } from '../../../src/audit/audit-files.ts'
import { CHAIN_START, parseAuditRecord } from '../../../src/audit/audit-record.ts'
import { openAuditState } from '../../../src/audit/audit-state.ts'
import { verifyAuditTrail } from '../../../src/audit/audit-verification.ts'
import { formatLogFileName } from '../../../src/logging/log-streams.ts'
import { createAuditWorld, DAY_MS, START_MS } from './audit-world.ts'

const CHILD = join(import.meta.dirname, 'append-records.ts')
const TODAY = 'audit.2026-01-15.1.log'

t.test('a record tells what, who, when and the record before; the folders are for their owner alone', async t => {
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

t.test('days are linked across, also where the clock is set back between them', async t => {
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

t.test('whatever a fact holds, its record is one line of ASCII that reads back, and is bounded', async t => {
  const world = createAuditWorld(t)
  const hostile = 'a\r\nb\u2028\u2029\u0085\u001b[31m\u202e\ud800é漢😀\u0000"\\'
  world.append(world.open(), 'document_stored', { document_id: hostile, title: 'x'.repeat(5000) })
  const text = world.read(TODAY)
  t.match(text, /^[ -~]+\n$/)
  t.match(parseAuditRecord(text.slice(0, -1)), { document_id: hostile, title: `${'x'.repeat(1000)}… (4000 more)` })
})

t.test('what a crash left between the record and its number is brought to its end, and is no tampering', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  const { head, setHead, exclusively, close } = openAuditState(world.dataDir, 1000)
  const early = head()
  world.nowMs += DAY_MS
  world.append(trail)
  trail.close()
  // As if the process had ended before the number of the second record, the first of its day, was kept.
  exclusively(() => setHead(early!))
  close()
  const last = world.append(world.open())
  t.match(world.records().slice(2), [{ seq: 3, event: 'trail_recovered', problem: /number not yet kept/ }, { seq: 4 }])
  t.match(world.findings, [{ broken: false }])
  t.match(await verifyAuditTrail(world.dir, last), { records: 4, problem: undefined })
})

t.test('the very first record may be left behind as well', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  trail.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(world.dataDir, `audit-head.sqlite${suffix}`), { force: true })
  t.match(await verifyAuditTrail(world.dir, world.append(world.open())), { records: 3, problem: undefined })
})

t.test('a record written in part is taken back, byte for byte, and is no tampering', async t => {
  for (const cut of [1, 40, 250]) {
    const world = createAuditWorld(t)
    world.append(world.open())
    const whole = world.read(TODAY)
    appendFileSync(join(world.dir, TODAY), whole.slice(0, cut))
    const last = world.append(world.open())
    t.ok(world.read(TODAY).startsWith(`${whole}{"time"`))
    t.match(world.findings, [{ broken: false, problem: new RegExp(`^${cut} bytes`) }])
    t.match(await verifyAuditTrail(world.dir, last), { records: 3, problem: undefined })
  }
})

t.test('an end that somebody changed is told, left as evidence, and the trail goes on', async t => {
  const cases: Readonly<Record<string, (path: string, dataDir: string) => void>> = {
    'shorter than it was left': path => truncateSync(path, statSync(path).size - 10),
    'is gone$': path => rmSync(path),
    'more than was written': path => appendFileSync(path, 'noise\nnoise\n'),
    'kept apart of it is gone': (_path, dataDir) => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `audit-head.sqlite${suffix}`), { force: true })
    },
  }
  for (const [problem, harm] of Object.entries(cases)) {
    const world = createAuditWorld(t)
    const trail = world.open()
    for (let n = 0; n < 3; n++) world.append(trail)
    trail.close()
    harm(join(world.dir, TODAY), world.dataDir)
    const reopened = world.open()
    const last = world.append(reopened)
    t.equal(last.seq, 5, problem)
    t.match(world.findings, [{ broken: true, problem: new RegExp(problem) }])
    world.append(reopened)
    t.equal(world.findings.length, 1, 'it is told once')
    t.match((await verifyAuditTrail(world.dir, last)).problem, { kind: /cut off|changed/ }, problem)
  }
})

t.test('processes that write at once take turns: the chain never forks', async t => {
  const world = createAuditWorld(t)
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [CHILD, world.root, '50'])))
  world.nowMs = Date.now()
  const last = world.append(world.open())
  t.equal(last.seq, 201)
  t.match(await verifyAuditTrail(world.dir, last), { records: 201, problem: undefined })
  t.same(world.findings, [])
})

t.test('a process killed at any moment leaves a trail that verifies, with at most its last record recovered', async t => {
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

t.test('a trail that cannot be written throws, and goes on once it can be; a folder that is removed is made anew', async t => {
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

t.test('a day whose file is compressed already goes on in its next one, also through a crash there', async t => {
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
    t.match(world.findings, [{ broken: false, problem: /^7 bytes/ }])
    t.match(await verifyAuditTrail(world.dir, last), { records: 5, problem: undefined })
    world.nowMs += DAY_MS
    t.match(world.append(trail), { seq: 6, number: 1, day: '2026-01-16' })
    t.equal(world.findings.length, 1)
  }
})

t.test('the settings of the last start are kept', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  t.equal(trail.configuration(), undefined)
  trail.keepConfiguration({ PORT: 1 })
  trail.close()
  t.same(world.open().configuration(), { PORT: 1 })
})

t.test('every event says what it tells', async t => {
  for (const [name, { text }] of Object.entries(AUDIT_EVENTS)) t.match(text, /^[A-Z].*\.$/, name)
})

/** Records of the trail in a folder, as its files' line breaks tell. */
function count(root: string): number {
  const dir = join(root, 'logs', 'audit')
  if (!existsSync(dir)) return 0
  const day = new Date().toISOString().slice(0, 10)
  const size = statSync(join(dir, auditFileName(day)), { throwIfNoEntry: false })?.size ?? 0
  return Math.floor(size / 300)
}
