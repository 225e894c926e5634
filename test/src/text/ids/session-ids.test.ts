import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { makeSessionId, replaceSessionIds } from '../../../../src/text/ids/session-ids.ts'

const CONTEXTS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['my session is ', '.'],
  ['/sessions/', '/turns'],
  ['?id=', '&n=1'],
  ['"session_id":"', '"'],
  ['/status --', ''],
  ['my_', '-2'],
  ['-_', '_-'],
]

t.test('a session id is redacted in every text, path and query', async t => {
  const { text: redact } = createRedactor()
  for (let i = 0; i < 2000; i++) {
    const id = makeSessionId(randomBytes)
    for (const [before, after] of CONTEXTS) {
      const redacted = redact(`${before}${id}${after}`)
      if (redacted.includes(id)) t.fail(`${before}${id}${after}`)
    }
  }
  t.equal(redact(`/sessions/${makeSessionId(randomBytes)}/turns`), '/sessions/[token]/turns')
})

t.test('ids differ, and have 24 characters of base64url', async t => {
  const ids = Array.from({ length: 2000 }, () => makeSessionId(randomBytes))
  t.equal(new Set(ids).size, ids.length)
  t.ok(ids.every(id => /^[\w-]{24}$/.test(id)))
})

t.test('pseudonyms and nearly all other ids of 24 characters are kept', async t => {
  const pseudonyms = Array.from(
    { length: 20_000 },
    (_, i) => `${i % 2 === 0 ? 's' : 'u'}_${randomBytes(18).toString('base64url').slice(2)}`,
  )
  const kept = (text: string) => replaceSessionIds(text, '[token]') === text
  t.ok(pseudonyms.every(kept))
  const turns = Array.from({ length: 20_000 }, () => randomBytes(18).toString('base64url'))
  const taken = turns.filter(id => !kept(id)).length
  t.ok(taken < 25, `${taken} of 20,000; 5 are expected`)
})

t.test('a session id that touches other characters is redacted', async t => {
  const { text: redact } = createRedactor()
  for (let i = 0; i < 500; i++) {
    const id = makeSessionId(randomBytes)
    if (![/\d/, /[A-Z]/, /[a-z]/].every(kind => kind.test(id))) continue
    for (const [before, after] of [
      ['req', ''],
      ['x', ''],
      ['id', ''],
      ['/session', '/turns'],
      ['', 'x'],
      ['v2', 'b'],
      ['request-of-the-whole-session', ''],
    ])
      if (redact(`${before}${id}${after}`).includes(id)) t.fail(`${before}${id}${after}`)
  }
})

t.test('long names, hashes, UUIDs and nearly all random strings are kept', async t => {
  const kept = (text: string) => replaceSessionIds(text, '[token]') === text
  const made = (make: () => string) => Array.from({ length: 10_000 }, make)
  const names = made(() => `create${randomBytes(12).toString('hex').replace(/\d/g, 'Q')}FromPool`)
  const hashes = made(() => randomBytes(32).toString('hex'))
  t.ok([...names, ...hashes, ...hashes.map(hash => hash.toUpperCase())].every(kept))
  for (const bytes of [21, 24, 48]) {
    const taken = made(() => randomBytes(bytes).toString('base64url')).filter(id => !kept(id)).length
    t.ok(taken < 60, `${bytes} bytes: ${taken} of 10,000; at most 22 are expected`)
  }
})
