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
