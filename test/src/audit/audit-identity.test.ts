import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkAuditTrail } from '../../../src/audit/audit-identity.ts'
import { CHAIN_START, formatAuditRecord } from '../../../src/audit/audit-record.ts'
import { openAuditState } from '../../../src/audit/audit-state.ts'
import { verifyAuditTrail } from '../../../src/audit/audit-verification.ts'
import { type AuditWorld, createAuditWorld, DAY_MS, START_MS } from './audit-world.ts'

const TODAY = 'audit.2026-01-15.1.log'
const MISMATCH = { code: 'AUDIT_TRAIL_MISMATCH' }

/** Everything below a folder, by path, except for the working files of SQLite. */
function readTree(dir: string): Readonly<Record<string, string>> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter(path => !/-(wal|shm)$/.test(path))
    .sort()
  const read = (path: string) => (statSync(path).isDirectory() ? 'folder' : readFileSync(path, 'base64'))
  return Object.fromEntries(files.map(path => [path, read(join(dir, path))]))
}

/** A trail of three records, closed. */
function createTrail(t: { teardown(fn: () => unknown): void }): AuditWorld {
  const world = createAuditWorld(t)
  const trail = world.open()
  for (let n = 0; n < 3; n++) world.append(trail)
  trail.close()
  return world
}

/** A trail of three records without trail ids, as older versions wrote it. */
function createOldTrail(t: { teardown(fn: () => unknown): void }): AuditWorld {
  const world = createAuditWorld(t)
  mkdirSync(world.dataDir)
  mkdirSync(world.dir, { recursive: true })
  let link = CHAIN_START
  let text = ''
  for (let n = 0; n < 3; n++) {
    const { line, seq, hash } = formatAuditRecord({ event: 'logs_read', actor: 'server', time: START_MS }, link)
    link = { seq, hash }
    text += `${line}\n`
  }
  world.write(TODAY, text)
  const state = openAuditState(world.dataDir, 1000)
  state.setHead({ ...link, day: '2026-01-15', number: 1, bytes: text.length })
  state.close()
  return world
}

t.test('head and files of different trails are refused, by servers and commands, and nothing is written', async t => {
  for (const createOther of [createTrail, createOldTrail])
    for (const writer of ['server', 'command'] as const) {
      const [world, other] = [createTrail(t), createOther(t)]
      renameSync(other.logDir, `${other.logDir}-gone`)
      renameSync(other.dataDir, `${other.dataDir}-gone`)
      const cases = {
        'no head': { dataDir: other.dataDir, logDir: world.logDir },
        'no files': { dataDir: world.dataDir, logDir: other.logDir },
        'another trail': { dataDir: world.dataDir, logDir: `${other.logDir}-gone` },
      }
      for (const [name, folders] of Object.entries(cases)) {
        const before = [readTree(world.root), readTree(other.root)]
        t.throws(() => checkAuditTrail(folders), MISMATCH, name)
        t.throws(() => world.append(world.open(writer, folders)), MISMATCH, name)
        t.same([readTree(world.root), readTree(other.root)], before, name)
      }
      t.equal(checkAuditTrail(world), true)
    }
})

t.test('the message names both folders, both trails and the settings', async t => {
  const [world, other] = [createTrail(t), createTrail(t)]
  const [id, otherId] = [world.records()[0]?.trail, other.records()[0]?.trail]
  t.match(id, /^[0-9a-f]{16}$/)
  t.not(id, otherId)
  t.throws(() => checkAuditTrail({ dataDir: world.dataDir, logDir: other.logDir }), {
    message:
      `LOG_DIR "${other.logDir}" holds audit trail ${otherId}, but DATA_DIR "${world.dataDir}" has the head of audit trail ${id} ` +
      'with 3 records. Set LOG_DIR and DATA_DIR to the folders of the same server. Nothing was written. ' +
      'To begin a new trail instead, move "audit" in LOG_DIR and "audit-head.sqlite*" in DATA_DIR to an archive and start the server',
  })
})

t.test('the message names the files whose removal lets a new trail begin', t => {
  const foreign = createTrail(t)
  const cases: Readonly<Record<string, (world: AuditWorld) => void>> = {
    '"audit-head.sqlite*" in DATA_DIR': world => rmSync(world.dir, { recursive: true }),
    '"audit" in LOG_DIR': world => rmSync(world.dataDir, { recursive: true }),
    '"audit" in LOG_DIR and "audit-head.sqlite*" in DATA_DIR': world => {
      rmSync(world.dataDir, { recursive: true })
      cpSync(foreign.dataDir, world.dataDir, { recursive: true })
    },
  }
  for (const [remainder, damage] of Object.entries(cases)) {
    const world = createTrail(t)
    damage(world)
    const expected = ` instead, move ${remainder} to an archive and start the server`
    t.throws(() => checkAuditTrail(world), { message: expected })
    if (remainder.includes('LOG_DIR')) rmSync(world.dir, { recursive: true })
    if (remainder.includes('DATA_DIR')) for (const file of globSync(join(world.dataDir, 'audit-head.sqlite*'))) rmSync(file)
    t.equal(checkAuditTrail(world), false, remainder)
    t.equal(world.append(world.open()).seq, 1, remainder)
  }
  t.end()
})

t.test('a check of empty or missing folders finds no trail and creates nothing', async t => {
  const world = createAuditWorld(t)
  t.equal(checkAuditTrail(world), false)
  t.same(readTree(world.root), {})
})

t.test('moved folders are the same trail, also if its newest file is compressed or damaged', async t => {
  const world = createTrail(t)
  const moved = { dataDir: join(world.root, 'elsewhere/data'), logDir: join(world.root, 'elsewhere/logs') }
  mkdirSync(join(world.root, 'elsewhere'))
  renameSync(world.dataDir, moved.dataDir)
  renameSync(world.logDir, moved.logDir)
  t.equal(world.append(world.open('command', moved)).seq, 4)
  t.same(world.findings, [])
})

t.test('a trail without an id gets one, in a record, when a server starts; commands continue it unchanged', async t => {
  const world = createOldTrail(t)
  world.append(world.open('command'), 'logs_read')
  t.notOk(world.records().some(({ trail }) => trail !== undefined))
  const trail = world.open('server')
  const last = world.append(trail)
  const [assigned, stored] = world.records().slice(4)
  t.match(assigned, { seq: 5, event: 'trail_id_assigned', actor: 'server', trail: /^[0-9a-f]{16}$/ })
  t.match(stored, { seq: 6, event: 'document_stored', trail: assigned?.trail })
  t.match(await verifyAuditTrail(world.dir, last), { records: 6, problem: undefined })
  t.same(world.findings, [])
})

t.test('after a crash before the head was updated, a new trail id is recovered with its record', async t => {
  const world = createOldTrail(t)
  cpSync(world.dataDir, `${world.dataDir}-before`, { recursive: true })
  const trail = world.open('server')
  world.append(trail)
  trail.close()
  const id = world.records()[3]?.trail
  rmSync(world.dataDir, { recursive: true })
  renameSync(`${world.dataDir}-before`, world.dataDir)
  const text = world.read(TODAY)
  world.write(TODAY, text.split('\n').slice(0, 4).join('\n').concat('\n'))
  const last = world.append(world.open('command'))
  t.same(
    world.records().map(({ event }) => event),
    ['logs_read', 'logs_read', 'logs_read', 'trail_id_assigned', 'trail_recovered', 'document_stored'],
  )
  t.equal(world.records().at(-1)?.trail, id)
  t.match(await verifyAuditTrail(world.dir, last), { records: 6, problem: undefined })
})

t.test('a command does not write to a damaged trail of its own folders', async t => {
  const harms: Readonly<Record<string, (world: AuditWorld) => void>> = {
    'ends before record 3': world => world.write(TODAY, world.read(TODAY).slice(0, -10)),
    'records after number 3': world => world.write(TODAY, `${world.read(TODAY)}noise\nnoise\n`),
  }
  for (const [problem, harm] of Object.entries(harms)) {
    const world = createTrail(t)
    harm(world)
    const before = readTree(world.root)
    t.throws(() => world.append(world.open('command')), { code: 'AUDIT_UNAVAILABLE', message: new RegExp(problem) })
    t.same(readTree(world.root), before)
  }
})

/** A trail of three records to which three were added since `folder` was copied and put back. */
function restoreOlder(t: Test, folder: 'dataDir' | 'logDir'): AuditWorld {
  const world = createTrail(t)
  cpSync(world[folder], `${world.root}/backup`, { recursive: true })
  world.nowMs += DAY_MS
  const trail = world.open()
  for (let n = 0; n < 3; n++) world.append(trail)
  trail.close()
  rmSync(world[folder], { recursive: true })
  renameSync(`${world.root}/backup`, world[folder])
  t.equal(checkAuditTrail(world), true)
  return world
}

async function verifyAsKept({ dataDir, dir }: AuditWorld) {
  const { known, close } = openAuditState(dataDir, 1000)
  const { head } = known()
  close()
  return verifyAuditTrail(dir, head!, { mayGrow: false })
}

t.test('a LOG_DIR restored from an older backup is reported as damage, with the missing part', async t => {
  const world = restoreOlder(t, 'logDir')
  t.throws(() => world.append(world.open('command')), { code: 'AUDIT_UNAVAILABLE' })
  t.match((await verifyAsKept(world)).problem, { seq: 4, kind: 'cut off' })
})

t.test('a DATA_DIR restored from an older backup takes over the later records, in a record of its own', async t => {
  const world = restoreOlder(t, 'dataDir')
  t.match((await verifyAsKept(world)).problem, { seq: 4, kind: 'added' })
  world.append(world.open('command'))
  t.equal(world.records().at(-2)?.event, 'trail_recovered')
  t.match(await verifyAsKept(world), { problem: undefined })
})

t.test(
  'a running writer whose folder is replaced by that of another trail writes nothing there, and continues later',
  async t => {
    const [world, other] = [createAuditWorld(t), createTrail(t)]
    const trail = world.open()
    world.append(trail)
    renameSync(world.logDir, `${world.logDir}-away`)
    cpSync(other.logDir, world.logDir, { recursive: true })
    const before = readTree(world.logDir)
    t.throws(() => world.append(trail), MISMATCH)
    t.same(readTree(world.logDir), before)
    rmSync(world.logDir, { recursive: true })
    renameSync(`${world.logDir}-away`, world.logDir)
    const last = world.append(trail)
    t.match(await verifyAuditTrail(world.dir, last), { records: 2, problem: undefined })
  },
)
