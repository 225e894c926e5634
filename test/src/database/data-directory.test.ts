import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { claimDataDirectory } from '../../../src/database/data-directory.ts'

t.test('a data directory is created with mode 0700; an existing one keeps its mode', async t => {
  const path = join(t.testdir({ existing: {} }), 'deep', 'data')
  claimDataDirectory(path).release()
  t.equal(statSync(path).mode & 0o777, 0o700)
  const existing = join(t.testdirName, 'existing')
  chmodSync(existing, 0o750)
  claimDataDirectory(existing).release()
  t.equal(statSync(existing).mode & 0o777, 0o750)
})

t.test('a second claim is refused with the name of the first server, until the first releases it', async t => {
  const path = t.testdir()
  const claim = claimDataDirectory(path)
  t.throws(() => claimDataDirectory(path), { code: 'DATA_DIR_IN_USE', facts: { data_dir: path, pid: process.pid } })
  claim.announce('http://127.0.0.1:8000')
  t.throws(() => claimDataDirectory(path), {
    message: `Another server (process ${process.pid}, http://127.0.0.1:8000) uses DATA_DIR "${path}"`,
  })
  claim.release()
  t.notOk(existsSync(join(path, 'server.json')))
  claimDataDirectory(path).release()
})

t.test('a claim holds if server.json is missing or broken', async t => {
  const path = t.testdir()
  const claim = claimDataDirectory(path)
  for (const note of ['', '{"pid":', 'null', '[]', '"x"']) {
    writeFileSync(join(path, 'server.json'), note)
    t.throws(() => claimDataDirectory(path), { code: 'DATA_DIR_IN_USE' }, note)
  }
  claim.release()
})

t.test('a claim ends with its process, even after SIGKILL', async t => {
  const path = t.testdir()
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-directory.ts'), path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  t.throws(() => claimDataDirectory(path), {
    message: `Another server (process ${holder.pid}, http://127.0.0.1:8123) uses DATA_DIR "${path}"`,
  })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const claim = claimDataDirectory(path)
  t.same(
    JSON.parse(readFileSync(join(path, 'server.json'), 'utf8')),
    { pid: process.pid },
    'server.json of the killed server is overwritten',
  )
  claim.release()
})

t.test('a data directory that is a file is refused with its name and the fix', async t => {
  const folder = t.testdir({ data: 'a file' })
  t.throws(() => claimDataDirectory(join(folder, 'data')), {
    code: 'CONFIGURATION_INVALID',
    message: /DATA_DIR: ".*data" cannot be used: .*\. Use a folder that this process can write to\./,
  })
})
