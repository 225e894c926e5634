import { execFile } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { createPseudonymizer, loadPseudonymKey } from '../../../src/access/pseudonym.ts'

t.test('a pseudonym depends on the user and the key only', async t => {
  const pseudonymOf = createPseudonymizer('k'.repeat(32))
  t.match(pseudonymOf('alice'), /^u_[\w-]{22}$/)
  t.equal(pseudonymOf('alice'), createPseudonymizer('k'.repeat(32))('alice'))
  const users = ['alice', 'Alice', 'alice ', '', 'a\0', 'a', '😀', 'x'.repeat(100_000)]
  t.equal(new Set(users.map(user => pseudonymOf(user))).size, users.length)
  t.not(pseudonymOf('alice'), createPseudonymizer('l'.repeat(32))('alice'))
})

t.test('the pseudonym of a session differs from that of a user with the same id', async t => {
  const pseudonymOf = createPseudonymizer('k'.repeat(32))
  const ids = Array.from({ length: 20_000 }, (_, i) => `session ${i}`)
  const pseudonyms = ids.map(pseudonymOf.session)
  t.match(pseudonyms[0], /^s_[\w-]{22}$/)
  t.same(ids.map(pseudonymOf.session), pseudonyms, 'it stays the same, also of sessions that are no longer kept')
  t.equal(new Set(pseudonyms).size, ids.length)
  t.not(pseudonyms[0]?.slice(2), pseudonymOf('session 0').slice(2))
})

t.test('a key is created once, readable by its owner only, and loaded afterwards', async t => {
  const directory = t.testdir()
  const key = loadPseudonymKey(directory)
  t.match(key, /^[0-9a-f]{64}$/)
  t.equal(loadPseudonymKey(directory), key)
  t.equal(statSync(join(directory, 'pseudonym.key')).mode & 0o777, 0o600)
})

t.test('concurrent processes get the same key and leave no other file', async t => {
  const directory = t.testdir()
  const script = join(import.meta.dirname, 'load-key.ts')
  const at = String(Date.now() + 400)
  const runs = await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [script, directory, at])))
  t.equal(new Set(runs.map(({ stdout }) => stdout)).size, 1)
  t.same(readdirSync(directory), ['pseudonym.key'])
})

t.test('a file without a valid key is an error that names it, and is kept', async t => {
  for (const content of ['', 'short', 'z'.repeat(64)]) {
    const directory = t.testdir()
    writeFileSync(join(directory, 'pseudonym.key'), content)
    t.throws(() => loadPseudonymKey(directory), { code: 'CONFIGURATION_INVALID', message: /pseudonym\.key/ })
  }
})
