import t from 'tap'
import { ChatError, ERROR_TEXTS, type ErrorCode } from '../../src/errors.ts'

t.test('every code is a name in capitals and has a text of its own, a sentence without its full stop', async t => {
  for (const [code, text] of Object.entries(ERROR_TEXTS)) {
    t.match(code, /^[A-Z]+(_[A-Z]+)+$|^[A-Z]+$/)
    t.match(text, /^[A-Z].*[^.]$/, code)
  }
})

t.test('an error says what its catalogue says unless whoever throws it knows better', async t => {
  for (const code of Object.keys(ERROR_TEXTS) as ErrorCode[]) {
    const error = new ChatError(code)
    t.ok(error instanceof Error)
    t.match(error, { name: 'ChatError', code, message: ERROR_TEXTS[code], facts: {}, retryAfterS: undefined })
    t.notOk('cause' in error, 'one without a cause does not claim to have one')
  }
  const cause = new Error('disk')
  t.match(new ChatError('DATABASE_BUSY', { message: 'm', facts: { waiting: 3 }, retryAfterS: 2, cause }), {
    message: 'm',
    facts: { waiting: 3 },
    retryAfterS: 2,
    cause,
  })
})
