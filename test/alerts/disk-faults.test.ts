import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { until } from '../worlds/until.ts'
import { isFiring, now, openAlertWorld, openSession, post, rules } from './alert-world.ts'

const MIB = 1024 * 1024
const skip = process.geteuid?.() === 0 ? false : 'mounting needs root'

/** Gives a folder a file system of its own. */
function mountMemory(t: Test, folder: string, size: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder])
  t.teardown(() => spawnSync('umount', ['--lazy', folder]))
}

/** Fills a disk to its last byte. */
function fillDisk(file: string): void {
  spawnSync('sh', ['-c', `cat /dev/zero >"$0" 2>/dev/null`, file])
}

t.test('a full disk fires database_failures, and the message arrives although nothing can be stored', { skip }, async t => {
  const { start, sent, dataDir } = await openAlertWorld(t, rules(now('database_failures')))
  mountMemory(t, dataDir, '64m')
  const server = await start()
  const file = join(dataDir, 'fill')
  const hook = () => sent().map(({ kind, alerts }) => `${kind} ${alerts?.[0]?.rule}`)
  // The monitoring database has its reserve once it has stored something.
  await until(async () => (await isFiring(server, 'database_failures')) === false && (await post(server, '/sessions', {})).ok)
  fillDisk(file)
  await until(async () => (await post(server, '/chat', { message: 'hello' })).status === 503)
  await until(() => hook().includes('alert database_failures'))
  rmSync(file)
  await until(() => hook().includes('resolved database_failures'))
  t.equal((await post(server, '/chat', { message: 'hello' })).status, 200)
})

t.test('disk_space fires while a disk has too little room', { skip }, async t => {
  // The share of free space, because the other condition would want a disk of 5 GB to be filled.
  const { start, dataDir, logDir } = await openAlertWorld(t, rules(now('disk_space', ', threshold: 0.95')))
  for (const folder of [dataDir, logDir]) mountMemory(t, folder, '8g')
  const server = await start()
  await until(async () => (await isFiring(server, 'disk_space')) === false)
  const file = join(dataDir, 'fill')
  writeFileSync(file, Buffer.alloc(500 * MIB))
  await until(() => isFiring(server, 'disk_space'))
  rmSync(file)
  await until(async () => !(await isFiring(server, 'disk_space')))
  t.pass('and ends when there is room')
})

t.test('a full log disk fires log_lines_lost and audit_trail', { skip }, async t => {
  const { start, has, logDir } = await openAlertWorld(t, rules(now('log_lines_lost'), now('audit_trail')))
  mountMemory(t, logDir, '16m')
  const server = await start()
  const file = join(logDir, 'fill')
  fillDisk(file)
  let n = 0
  await until(async () => {
    for (let i = 0; i < 20; i++) await (await fetch(`${server.address}/unknown-${n++}`)).arrayBuffer()
    const put = { method: 'PUT', body: '# Tea\nDrink it.', headers: { 'content-type': 'text/markdown' } }
    await (await fetch(`${server.address}/documents/tea-${n}.md`, put)).arrayBuffer()
    return (await isFiring(server, 'log_lines_lost')) && (await isFiring(server, 'audit_trail'))
  })
  await until(has('alert'))
  t.pass('both fire; each counts the losses of ten minutes')
})

t.test('a damaged page fires database_damaged, until the backup is restored', async t => {
  const { start, sent, dataDir } = await openAlertWorld(t, rules(now('database_damaged')))
  const path = join(dataDir, 'pellucid.sqlite')
  const first = await start()
  for (let i = 0; i < 20; i++) await post(first, '/chat', { message: `question ${i} ${'word '.repeat(200)}` })
  await first.stop()
  copyFileSync(path, `${path}.copy`)
  damageTurns(path)
  const damaged = await start()
  await until(() => isFiring(damaged, 'database_damaged'))
  await damaged.stop()
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  copyFileSync(`${path}.copy`, path)
  const restored = await start()
  await until(async () => !(await isFiring(restored, 'database_damaged')))
  await until(() => sent().some(({ kind }) => kind === 'resolved'))
  t.pass('and the end is reported')
})

t.test('erasure_pending fires while another process reads what is to be erased', async t => {
  const { start, dataDir } = await openAlertWorld(t, rules(now('erasure_pending')))
  const server = await start()
  const session = await openSession(server)
  await post(server, '/chat', { message: 'my name is Ada', session_id: session })
  const reader = new DatabaseSync(join(dataDir, 'pellucid.sqlite'), { readOnly: true })
  t.teardown(() => reader.isOpen && reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM turns').get()
  const reply = await fetch(`${server.address}/sessions/${session}`, { method: 'DELETE' })
  t.equal(reply.status, 202)
  await until(() => isFiring(server, 'erasure_pending'))
  reader.close()
  await until(async () => !(await isFiring(server, 'erasure_pending')))
})

/** Overwrites a page of the turns, as a broken disk would. */
function damageTurns(path: string): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const page = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'turns'").get()?.rootpage)
  const size = Number(db.prepare('PRAGMA page_size').get()?.page_size)
  db.close()
  spawnSync('dd', ['if=/dev/urandom', `of=${path}`, `bs=${size}`, `seek=${page - 1}`, 'count=1', 'conv=notrunc'])
}

t.test('disk_full_soon fires while the log grows faster than its disk has room for', { skip }, async t => {
  const { start, logDir } = await openAlertWorld(t, rules(now('disk_full_soon')))
  mountMemory(t, logDir, '64m')
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const file = join(logDir, 'info', `info.${yesterday}.1.log`)
  mkdirSync(join(logDir, 'info'))
  const line = JSON.stringify({ level: 'INFO', time: `${yesterday}T12:00:00.000Z`, msg: 'Request served' })
  writeFileSync(file, `${line}\n`.repeat(Math.ceil((20 * MIB) / line.length)))
  const server = await start()
  await until(() => isFiring(server, 'disk_full_soon'))
  rmSync(file)
  await until(async () => !(await isFiring(server, 'disk_full_soon')))
  t.pass('and ends when there is room for a week')
})
