import { randomBytes } from 'node:crypto'
import { copyFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { openKeyStore } from '../../../src/access/key-store.ts'
import { createKeyring } from '../../../src/access/keyring.ts'
import { createKeyHash, createKeys } from '../../../src/access/keys.ts'

const hash = createKeyHash('secret')

/** A server's view of the keys in a folder, with a clock that passes the time between checks. */
function openKeyring(t: { teardown(fn: () => unknown): void }, dataDir: string) {
  const store = openKeyStore(dataDir, { isServer: true })
  t.teardown(() => store.close())
  let time = 0
  const authenticate = createKeyring({ store, hash, machineToken: 'token', now: () => time, onFirstUse: () => undefined })
  return (text: string, laterMs = 1000) => {
    time += laterMs
    return authenticate(text)
  }
}

function createKey(dataDir: string): string {
  const store = openKeyStore(dataDir, { isServer: false })
  const { text } = createKeys({ store, hash, now: () => 0, randomBytes }).create({ role: 'chat', name: 'a' }, () => undefined)
  store.close()
  return text
}

t.test('a file of keys that replaces another counts at once', async t => {
  const folder = t.testdir({ data: {}, other: {} })
  const [dataDir, other] = [join(folder, 'data'), join(folder, 'other')]
  const old = createKey(dataDir)
  const authenticate = openKeyring(t, dataDir)
  t.match(authenticate(old), { role: 'chat' })
  const next = createKey(other)
  renameSync(join(other, 'access.sqlite'), join(dataDir, 'access.sqlite'))
  t.equal(authenticate(old), 'unknown')
  t.match(authenticate(next), { role: 'chat' })
})

t.test('a file of keys that is copied over another counts at once', async t => {
  const folder = t.testdir({ data: {}, other: {} })
  const [dataDir, other] = [join(folder, 'data'), join(folder, 'other')]
  const old = createKey(dataDir)
  const next = createKey(other)
  // As many changes as the other file, which records the first use.
  createKey(other)
  const authenticate = openKeyring(t, dataDir)
  t.match(authenticate(old), { role: 'chat' })
  copyFileSync(join(other, 'access.sqlite'), join(dataDir, 'access.sqlite'))
  t.equal(authenticate(old), 'unknown')
  t.match(authenticate(next), { role: 'chat' })
})

t.test('without the file of keys, no key is accepted', async t => {
  const dataDir = t.testdir()
  const key = createKey(dataDir)
  const authenticate = openKeyring(t, dataDir)
  t.match(authenticate(key), { role: 'chat' })
  rmSync(join(dataDir, 'access.sqlite'))
  for (const _ of [1, 2]) t.throws(() => authenticate(key), { code: 'DATABASE_UNAVAILABLE' })
})

t.test('requests while the file is damaged leave no file open', async t => {
  const dataDir = t.testdir({ damaged: 'not a database: '.repeat(100) })
  const key = createKey(dataDir)
  const authenticate = openKeyring(t, dataDir)
  t.match(authenticate(key), { role: 'chat' })
  renameSync(join(dataDir, 'damaged'), join(dataDir, 'access.sqlite'))
  const before = readdirSync('/dev/fd').length
  for (let i = 0; i < 20; i++) t.throws(() => authenticate(key), { code: 'DATABASE_UNAVAILABLE' })
  t.equal(readdirSync('/dev/fd').length, before)
})

t.test('a lock of the file is tolerated for less than a second', async t => {
  const dataDir = t.testdir()
  const key = createKey(dataDir)
  const authenticate = openKeyring(t, dataDir)
  t.match(authenticate(key), { role: 'chat' })
  const command = new DatabaseSync(join(dataDir, 'access.sqlite'))
  t.teardown(() => command.close())
  command.exec('BEGIN EXCLUSIVE')
  t.match(authenticate(key, 600), { role: 'chat' })
  t.throws(() => authenticate(key, 600), { code: 'DATABASE_UNAVAILABLE' })
  command.exec('ROLLBACK')
  t.match(authenticate(key, 1), { role: 'chat' })
})
