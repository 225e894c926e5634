import { statSync } from 'node:fs'
import t from 'tap'
import { ChatError, ERROR_TEXTS, type ErrorCode, errnoOf, messageOf } from '../../src/errors.ts'

t.test('every error code is in capitals and has a text: a sentence without a full stop', async t => {
  for (const [code, text] of Object.entries(ERROR_TEXTS)) {
    t.match(code, /^[A-Z]+(_[A-Z]+)+$|^[A-Z]+$/)
    t.match(text, /^[A-Z].*[^.]$/, code)
  }
})

t.test('an error has the text of its code unless it is given a message', async t => {
  for (const code of Object.keys(ERROR_TEXTS) as ErrorCode[]) {
    const error = new ChatError(code)
    t.ok(error instanceof Error)
    t.match(error, { name: 'ChatError', code, message: ERROR_TEXTS[code], facts: {}, retryAfterS: undefined })
    t.notOk('cause' in error, 'no cause property without a cause')
  }
  const cause = new Error('disk')
  t.match(new ChatError('DATABASE_BUSY', { message: 'm', facts: { waiting: 3 }, retryAfterS: 2, cause }), {
    message: 'm',
    facts: { waiting: 3 },
    retryAfterS: 2,
    cause,
  })
})

t.test('any thrown value has a message, and only errors of the system or of Node have a code', async t => {
  let missing: unknown
  try {
    statSync('/no/such/file')
  } catch (error) {
    missing = error
  }
  t.match(messageOf(missing), /^ENOENT/)
  t.equal(errnoOf(missing), 'ENOENT')
  for (const thrown of [undefined, null, 'text', 7, { code: 'ENOENT' }]) {
    t.equal(messageOf(thrown), String(thrown))
    t.equal(errnoOf(thrown), undefined)
  }
  t.equal(errnoOf(new Error('no code')), undefined)
})
