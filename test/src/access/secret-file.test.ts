import { randomBytes } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadMachineToken } from '../../../src/access/secret-file.ts'
import { createRedactor } from '../../../src/logging/redaction/redactor.ts'

t.test('the token of the machine is kept, readable by its owner only, and redacted in every text', async t => {
  const path = join(t.testdir(), 'machine.token')
  const token = loadMachineToken(path)
  t.equal(loadMachineToken(path), token)
  t.equal(statSync(path).mode & 0o777, 0o600)
  const { text: redact } = createRedactor()
  for (const text of [`use ${token} please`, `/documents/${token}`, `curl -H "authorization: Bearer ${token}"`])
    t.notMatch(redact(text), token.slice(4), text)
})

t.test('a token of an earlier version is accepted, and another text is not', async t => {
  const path = join(t.testdir(), 'machine.token')
  const earlier = randomBytes(32).toString('hex')
  writeFileSync(path, `${earlier}\n`)
  t.equal(loadMachineToken(path), earlier)
  writeFileSync(path, 'secret\n')
  t.throws(() => loadMachineToken(path), { code: 'CONFIGURATION_INVALID', message: /Delete the file/ })
})
