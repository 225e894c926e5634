import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { MAX_READ_BYTES, readAuditLines } from '../../../src/audit/audit-files.ts'
import { describeShortening } from '../../../src/audit/audit-retention.ts'
import type { AuditHead } from '../../../src/audit/audit-state.ts'
import { type AuditProblem, verifyAuditTrail } from '../../../src/audit/audit-verification.ts'
import { type AuditWorld, createAuditWorld, DAY_MS } from './audit-world.ts'

const RECORDS_PER_DAY = 4
const DAYS = 3
const RECORDS = RECORDS_PER_DAY * DAYS

interface Trail {
  readonly world: AuditWorld
  readonly head: AuditHead
  readonly files: readonly string[]
  /** The lines of each file, without line breaks. */
  readonly lines: readonly (readonly string[])[]
  /** Replaces the content of the files and verifies them. */
  check(content: readonly (string | Buffer | undefined)[]): Promise<AuditProblem | undefined>
}

/** Creates twelve records in three daily files. */
function createTrail(t: Test, documentOf = (n: number) => `doc ${n}`): Trail {
  const world = createAuditWorld(t)
  world.assignTrailId('0123456789abcdef')
  const trail = world.open()
  let head: AuditHead | undefined
  for (let n = 0; n < RECORDS; n++) {
    head = world.append(trail, 'document_stored', { document_id: documentOf(n) })
    if (n % RECORDS_PER_DAY === RECORDS_PER_DAY - 1) world.nowMs += DAY_MS
  }
  trail.close()
  const files = world.files()
  const lines = files.map(file => world.read(file).split('\n').slice(0, -1))
  return {
    world,
    head: head!,
    files,
    lines,
    async check(content) {
      for (const [index, file] of files.entries()) {
        const text = content[index]
        if (text === undefined) rmSync(join(world.dir, file), { force: true })
        else world.write(file, text)
      }
      return (await verifyAuditTrail(world.dir, head!)).problem
    },
  }
}

const joined = (lines: readonly (readonly string[])[]) => lines.map(day => day.map(line => `${line}\n`).join(''))
const inDays = (flat: readonly string[]) =>
  joined(Array.from({ length: DAYS }, (_, day) => flat.slice(day * RECORDS_PER_DAY, (day + 1) * RECORDS_PER_DAY)))
const anyRecord = fc.integer({ min: 1, max: RECORDS })

t.test('an intact trail verifies, plain and compressed, also if a crash left a file in both forms', async t => {
  const { world, head, files } = createTrail(t)
  const whole = { records: RECORDS, first: '2026-01-15T10:00:00.000Z', last: '2026-01-17T10:00:00.000Z', problem: undefined }
  t.match(await verifyAuditTrail(world.dir, head), whole)
  world.write(`${files[0]}.gz`, gzipSync(readFileSync(join(world.dir, files[0]!))))
  t.match(await verifyAuditTrail(world.dir, head), whole)
  rmSync(join(world.dir, files[0]!))
  t.match(await verifyAuditTrail(world.dir, head), whole)
  t.match(await verifyAuditTrail(join(world.root, 'nowhere'), { seq: 0, hash: '0'.repeat(64) }), {
    records: 0,
    problem: undefined,
  })
})

t.test('any changed byte is reported with its record', async t => {
  const { lines, check } = createTrail(t)
  const whole = joined(lines)
  await fc.assert(
    fc.asyncProperty(anyRecord, fc.nat(), fc.integer({ min: 1, max: 255 }), async (seq, at, change) => {
      const day = Math.floor((seq - 1) / RECORDS_PER_DAY)
      const before = lines[day]!.slice(0, (seq - 1) % RECORDS_PER_DAY)
      const offset = before.join('').length + before.length + (at % (lines[day]![before.length]!.length + 1))
      const bytes = Buffer.from(whole[day]!, 'latin1')
      bytes[offset]! ^= change
      const found = await check(whole.map((text, index) => (index === day ? bytes : text)))
      t.equal(found?.seq, seq, JSON.stringify({ seq, offset, change, found }))
    }),
    { numRuns: 150 },
  )
})

t.test('a deleted, repeated or moved record is reported', async t => {
  const { lines, check } = createTrail(t)
  const flat = lines.flat()
  for (let seq = 1; seq < RECORDS; seq++) {
    t.match(await check(inDays([...flat.slice(0, seq - 1), ...flat.slice(seq)])), { kind: 'deleted', seq })
    t.match(await check(inDays(flat.flatMap((line, index) => (index === seq - 1 ? [line, line] : [line])))), {
      kind: 'repeated',
      seq,
    })
  }
  t.match(await check(inDays(flat.slice(0, -1))), { kind: 'cut off', seq: RECORDS })
  t.match(await check(joined([...lines.slice(0, -1), [...lines.at(-1)!, flat.at(-1)!]])), { kind: 'repeated', seq: RECORDS })
  await fc.assert(
    fc.asyncProperty(anyRecord, anyRecord, async (one, other) => {
      fc.pre(one !== other)
      const swapped = flat.with(one - 1, flat[other - 1]!).with(other - 1, flat[one - 1]!)
      const found = await check(inDays(swapped))
      t.match(found, { kind: 'reordered', seq: Math.min(one, other) }, JSON.stringify({ one, other, found }))
    }),
    { numRuns: 60 },
  )
})

t.test('a file cut anywhere is reported at the record that is incomplete', async t => {
  const { lines, check } = createTrail(t)
  const whole = joined(lines)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: DAYS - 1 }), fc.nat(), async (day, at) => {
      const bytes = at % whole[day]!.length
      const kept = whole[day]!.slice(0, bytes)
      const seq = day * RECORDS_PER_DAY + kept.split('\n').length
      const found = await check(whole.map((text, index) => (index === day ? kept : text)))
      t.equal(found?.seq, seq, JSON.stringify({ day, bytes, found }))
      if (day === DAYS - 1) t.equal(found?.kind, 'cut off')
    }),
    { numRuns: 100 },
  )
})

t.test('a missing file is reported, also the first and the last', async t => {
  const { lines, check } = createTrail(t)
  for (let day = 0; day < DAYS; day++) {
    const found = await check(joined(lines).map((text, index) => (index === day ? undefined : text)))
    t.match(found, { kind: day === DAYS - 1 ? 'cut off' : 'deleted', seq: day * RECORDS_PER_DAY + 1 })
  }
  t.match(await check([undefined, undefined, undefined]), { kind: 'cut off', seq: 1 })
})

t.test('a record rewritten with a valid hash is reported, in the middle and at the end', async t => {
  const { lines, check } = createTrail(t)
  for (const seq of [1, 6, RECORDS]) {
    const forged = createTrail(t, n => `doc ${n === seq - 1 ? 'forged' : n}`).lines.flat()
    t.match(await check(inDays(lines.flat().with(seq - 1, forged[seq - 1]!))), { kind: 'changed', seq })
  }
  const rewritten = createTrail(t, n => `doc ${n > 5 ? 'forged' : n}`).lines
  t.match(await check(joined(rewritten)), { kind: 'changed', seq: RECORDS })
})

t.test('a trail may begin at the record that retention recorded, and only there', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  for (let n = 0; n < 3; n++) {
    world.append(trail)
    world.nowMs += DAY_MS
  }
  const before = world.files()
  rmSync(join(world.dir, before[0]!))
  const head = world.append(trail, 'retention_run', { audit_from_seq: 2 })
  t.match(await verifyAuditTrail(world.dir, head), { records: 3, problem: undefined })
  rmSync(join(world.dir, before[1]!))
  t.match((await verifyAuditTrail(world.dir, head)).problem, { kind: 'deleted', seq: 1, file: before[2], line: 1 })
  const shortened = world.append(trail, 'trail_shortened', { audit_from_seq: 4 })
  t.match(await verifyAuditTrail(world.dir, shortened), { problem: undefined }, 'also if a crash kept some of the files')
})

t.test('the facts of a shortening name the first record that remains; there are none without one', async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  for (let n = 0; n < 3; n++) {
    world.append(trail)
    world.nowMs += DAY_MS
  }
  const files = world.files().map(file => `audit/${file}`)
  t.same(await describeShortening(world.logDir, files.slice(0, 2)), { audit_files: files.slice(0, 2), audit_from_seq: 3 })
  await t.rejects(describeShortening(world.logDir, files), { message: /would remain/ })
  world.write(world.files()[1]!, 'damaged\n')
  await t.rejects(describeShortening(world.logDir, files.slice(0, 1)), { message: /does not begin with a valid record/ })
})

t.test('a damaged compressed file and an endless line are reported; no more than the limit of a line is kept', async t => {
  const { world, head, files } = createTrail(t)
  const gz = gzipSync(readFileSync(join(world.dir, files[1]!)))
  rmSync(join(world.dir, files[1]!))
  world.write(`${files[1]}.gz`, gz.subarray(0, gz.length - 30))
  t.match((await verifyAuditTrail(world.dir, head)).problem, { kind: 'unreadable' })
  world.write(`${files[1]}.gz`, gzipSync(Buffer.alloc(64 * 1024 * 1024, 'x')))
  t.match((await verifyAuditTrail(world.dir, head)).problem, { seq: 5, line: 1 })
  for await (const { text, ended } of readAuditLines(world.dir)) if (!ended) t.equal(text.length, MAX_READ_BYTES)
})

t.test('records missing at the beginning are reported first', async t => {
  const { lines, check } = createTrail(t)
  const [first = [], ...later] = lines
  const changed = first[3]?.replace('doc 3', 'doc X') ?? ''
  t.match(await check(joined([[first[1] ?? '', first[2] ?? '', changed], ...later])), { kind: 'deleted', seq: 1 })
  t.match(await check(joined([first.slice(1), ...later.slice(0, -1)])), { kind: 'deleted', seq: 1 }, 'also if the end is cut off')
})
