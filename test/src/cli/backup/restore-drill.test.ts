import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { cleanEnvironment, makeFolders, say, startServer } from '../../../worlds/server-world.ts'
import { until } from '../../../worlds/until.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', ANSWER_WORKERS: '1' }

function openWorld(t: Test) {
  const folders = makeFolders(t)
  const { dataDir: DATA_DIR, logDir: LOG_DIR } = folders
  return {
    ...folders,
    start: () => startServer(t, QUIET, folders),
    async pellucid(...args: readonly string[]) {
      const env = { ...cleanEnvironment(), DATA_DIR, LOG_DIR }
      const child = spawn(process.execPath, [join(ROOT, 'src/cli/pellucid.js'), ...args], { cwd: t.testdir(), env })
      let [out, err] = ['', '']
      child.stdout.on('data', text => (out += text))
      child.stderr.on('data', text => (err += text))
      const [code] = await once(child, 'close')
      return { code, out, err }
    },
  }
}

/** Overwrites pages of a file in the middle. */
function damage(path: string): void {
  const fd = openSync(path, 'r+')
  const pages = Math.floor(statSync(path).size / 4096)
  for (let page = 2; page < pages; page++) writeSync(fd, Buffer.alloc(2048, 0xaa), 0, 2048, page * 4096)
  closeSync(fd)
}

async function readDamage(address: string): Promise<{ readonly ok: boolean; readonly detail: string }> {
  const { checks } = (await (await fetch(`${address}/health/ready`)).json()) as {
    checks: { damage: { ok: boolean; detail: string } }
  }
  return checks.damage
}

t.test('a restore drill: backup beside a busy server, loss of the database, restore', async t => {
  const { dataDir, logDir, start, pellucid } = openWorld(t)
  const file = `${dataDir}.backup`
  const server = await start()
  await until(async () => /no damage/.test((await readDamage(server.address)).detail))

  const before: string[] = []
  const after: string[] = []
  let stored = before
  let isStopping = false
  async function converse(): Promise<void> {
    while (!isStopping) {
      // A turn that is sent before the backup may be stored after it.
      const list = stored
      const { status, body } = await say(server.address, 'hello')
      if (status === 200 && list === stored) list.push(body.turn_id)
    }
  }
  const clients = [converse(), converse(), converse()]
  await until(() => before.length >= 20)
  stored = []
  t.match(await pellucid('backup', file), { code: 0, out: /^Backed up and checked \d.*MiB \(schema version \d+\) in \d+ ms: / })
  stored = after
  await until(() => after.length >= 20)
  isStopping = true
  await Promise.all(clients)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.same(
    readdirSync(join(file, '..')).filter(name => name.startsWith('data.')),
    ['data.backup'],
  )
  t.match(await pellucid('backup', file), { code: 1, err: /exists\. Use another name, or --overwrite/ })
  t.match(await pellucid('restore', file), { code: 1, err: /DATA_DIR_IN_USE.*http:/ }, 'the server is running')
  t.match(await pellucid('backup', '--overwrite', `${file}2`), { code: 0 })

  await server.stop('SIGKILL')
  damage(join(dataDir, 'pellucid.sqlite'))
  rmSync(join(dataDir, 'pellucid.sqlite-wal'))
  t.match(await pellucid('backup', '--overwrite', `${file}2`), { code: 1, err: /DATABASE_UNAVAILABLE: / })
  t.match(await pellucid('restore', file), {
    code: 0,
    out: /^Checked and restored .*\nThe files from before are in .*before-restore-/,
  })

  const restored = await start()
  for (const id of before) t.equal((await fetch(`${restored.address}/turns/${id}`)).status, 200, `turn ${id}`)
  for (const id of after) t.equal((await fetch(`${restored.address}/turns/${id}`)).status, 404, `turn ${id} is later`)
  t.equal((await say(restored.address, 'How do I add documents?')).body.kind, 'answer')
  await until(async () => /no damage/.test((await readDamage(restored.address)).detail))
  const [kept = ''] = readdirSync(dataDir).filter(name => name.startsWith('before-restore-'))
  t.ok(existsSync(join(dataDir, kept, 'pellucid.sqlite')))
  t.equal(await restored.stop(), 0)
  const trail = readdirSync(join(logDir, 'audit')).map(name => readFileSync(join(logDir, 'audit', name), 'utf8'))
  t.match(trail.join(), /database_backed_up.*database_restored/s)
  t.match(await pellucid('audit', 'verify'), { code: 0 })
})

t.test('a backup in DATA_DIR, which could replace the live database, is refused', async t => {
  const { dataDir, start, pellucid } = openWorld(t)
  await start()
  const path = join(dataDir, 'pellucid.sqlite')
  const link = `${dataDir}.link`
  const hardLink = `${dataDir}.hard-link`
  const folder = `${dataDir}.folder`
  symlinkSync(path, link)
  linkSync(path, hardLink)
  symlinkSync(dataDir, folder)
  const { ino } = statSync(path)
  for (const file of [path, link, hardLink, join(folder, 'pellucid.sqlite'), join(folder, 'new.sqlite')])
    t.match(await pellucid('backup', file, '--overwrite'), { code: 1, err: /is in DATA_DIR\. Use another folder/ }, file)
  t.equal(statSync(path).ino, ino)
  t.notOk(existsSync(join(dataDir, 'new.sqlite')))
})

t.test('a folder is refused by its name, and the rest of a killed backup is deleted by the next one', async t => {
  const { dataDir, logDir, start, pellucid } = openWorld(t)
  await (await start()).stop()
  for (const args of [
    ['backup', logDir],
    ['backup', logDir, '--overwrite'],
    ['restore', logDir],
  ])
    t.match(await pellucid(...args), { code: 1, err: /^DATABASE_UNAVAILABLE: ".*" is a folder\. Name a file\n$/ }, args.join(' '))
  const file = `${dataDir}.backup`
  for (const name of ['.partial', '.partial-journal']) writeFileSync(file + name, 'erased text')
  t.match(await pellucid('backup', file), { code: 0 })
  t.same(
    readdirSync(join(file, '..')).filter(name => name.startsWith('data.')),
    ['data.backup'],
  )
})

t.test('a write-ahead log whose database is lost, and the rest of a killed restore, do not survive a restore', async t => {
  const { dataDir, start, pellucid } = openWorld(t)
  const server = await start()
  const file = `${dataDir}.backup`
  t.match(await pellucid('backup', file), { code: 0 })
  const { body } = await say(server.address, 'hello')
  await server.stop('SIGKILL')
  rmSync(join(dataDir, 'pellucid.sqlite'))
  const leftover = join(dataDir, 'pellucid.sqlite.restored.partial-journal')
  writeFileSync(leftover, 'erased text')
  t.match(await pellucid('restore', file), { code: 0, out: /The files from before are in / })
  t.notOk(existsSync(leftover))
  t.notOk(existsSync(join(dataDir, 'pellucid.sqlite-wal')))
  writeFileSync(leftover, 'erased text')
  const restored = await start()
  t.notOk(existsSync(leftover), 'the start deletes it as well')
  t.equal((await fetch(`${restored.address}/turns/${body.turn_id}`)).status, 404, 'the turn is later than the backup')
})

t.test('restore refuses what is no sound backup, and changes nothing', async t => {
  const { dataDir, start, pellucid } = openWorld(t)
  const server = await start()
  await server.stop()
  const path = join(dataDir, 'pellucid.sqlite')
  const sound = readFileSync(path)
  const file = `${dataDir}.backup`
  t.match(await pellucid('backup', file), { code: 0 })
  const backup = readFileSync(file)
  const names = readdirSync(dataDir)

  t.match(await pellucid('restore', `${file}-missing`), { code: 1, err: /cannot be copied/ })
  writeFileSync(file, 'These are my notes. '.repeat(1000))
  t.match(await pellucid('restore', file), { code: 1, err: /not a database/ })
  writeFileSync(file, backup)
  damage(file)
  t.match(await pellucid('restore', file), { code: 1, err: /DATABASE_UNAVAILABLE/ })
  writeFileSync(file, backup.subarray(0, backup.length - 8192))
  t.match(await pellucid('restore', file), { code: 1, err: /DATABASE_UNAVAILABLE/ })
  writeFileSync(file, backup)
  const other = new DatabaseSync(file)
  other.exec('PRAGMA user_version = 4711')
  other.close()
  t.match(await pellucid('restore', file), { code: 1, err: /DATABASE_TOO_NEW/ })
  t.same(readFileSync(path), sound)
  t.same(readdirSync(dataDir), names)

  // A command that is running.
  writeFileSync(file, backup)
  const ingest = new DatabaseSync(path)
  ingest.exec('PRAGMA journal_mode = WAL; BEGIN; SELECT count(*) FROM turns')
  t.match(await pellucid('restore', file), { code: 1, err: /DATA_DIR_IN_USE: Another process uses the database/ })
  ingest.close()
  t.match(await pellucid('restore', file), { code: 0 })
})

t.test('damage is found at the start', async t => {
  const { dataDir, start } = openWorld(t)
  await (await start()).stop()
  const path = join(dataDir, 'pellucid.sqlite')
  const database = new DatabaseSync(path)
  const { rootpage } = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'turns_by_time'").get() as {
    rootpage: number
  }
  database.close()
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.alloc(4096, 0xaa), 0, 4096, (rootpage - 1) * 4096)
  closeSync(fd)
  const server = await start()
  await until(async () => !(await readDamage(server.address)).ok)
  t.match((await readDamage(server.address)).detail, /checked at .*: damaged: /)
  t.match(await (await fetch(`${server.address}/metrics`)).text(), /^chatbot_database_problems [1-9]/m)
  await until(() => server.logLines().some(({ msg }) => /^Database damaged/.test(String(msg))))
})
