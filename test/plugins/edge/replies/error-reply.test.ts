import { STATUS_CODES } from 'node:http'
import { errorCodes } from 'fastify'
import t from 'tap'
import { ERROR_STATUSES, isServerFault, toChatError, toErrorReply } from '../../../../plugins/edge/replies/error-reply.ts'
import { ChatError, ERROR_TEXTS, type ErrorCode } from '../../../../src/errors.ts'

const IDS = { requestId: 'r', traceId: '0'.repeat(32) }
const CODES = Object.keys(ERROR_TEXTS) as ErrorCode[]

t.test('every code has an error status and its reason phrase', async t => {
  for (const code of CODES) {
    const { statusCode, error } = toErrorReply(new ChatError(code), IDS)
    t.ok(statusCode >= 400 && statusCode in STATUS_CODES, code)
    if (code !== 'DIAGNOSTIC_ERROR') t.equal(error, STATUS_CODES[statusCode], code)
  }
})

t.test('a server error has the text of its code, never its own message', async t => {
  const secret = { message: 'password at /srv/secret', facts: { path: '/srv/secret' }, cause: new Error('/srv/secret') }
  for (const code of CODES.filter(code => ERROR_STATUSES[code] >= 500)) {
    const reply = toErrorReply(new ChatError(code, secret), IDS)
    t.equal(reply.message, ERROR_TEXTS[code], code)
    t.notMatch(JSON.stringify(reply), /secret/, code)
  }
})

t.test('a client error has its own message, without facts and cause', async t => {
  const error = new ChatError('VALIDATION_ERROR', { message: 'body.a is odd', facts: { inside: 1 }, cause: new Error('inside') })
  t.same(toErrorReply(error, IDS), {
    statusCode: 400,
    code: 'VALIDATION_ERROR',
    error: 'Bad Request',
    message: 'body.a is odd',
    request_id: 'r',
    trace_id: '0'.repeat(32),
  })
})

t.test('client errors of Fastify keep their status; its other errors are internal', async t => {
  for (const [name, FastifyError] of Object.entries(errorCodes)) {
    const thrown = new FastifyError('x', 'y')
    const { code, cause } = toChatError(thrown)
    const status = thrown.statusCode ?? 500
    t.equal(ERROR_STATUSES[code] >= 500, status >= 500, `${name} is ${code}`)
    if (status < 500) t.equal(ERROR_STATUSES[code], status, `${name} is ${code}`)
    t.equal(cause, thrown, name)
  }
})

t.test('any thrown value becomes an internal error with the value as its cause', async t => {
  for (const thrown of [
    new TypeError('x'),
    'text',
    7,
    0,
    '',
    null,
    undefined,
    {},
    [],
    Symbol('s'),
    { code: 'ENOENT' },
    { statusCode: 500 },
  ]) {
    const error = toChatError(thrown)
    t.equal(error.code, 'INTERNAL_ERROR', String(thrown))
    t.equal(error.cause, thrown)
    t.ok(isServerFault(thrown))
  }
})

t.test('a 4xx that a plugin throws is the fault of the client', async t => {
  for (const [statusCode, code] of [
    [404, 'ROUTE_NOT_FOUND'],
    [418, 'MALFORMED_REQUEST'],
  ] as const) {
    const thrown = Object.assign(new Error('x'), { statusCode })
    t.equal(toChatError(thrown).code, code)
    t.notOk(isServerFault(thrown))
  }
})

t.test('an error of the catalogue is returned unchanged', async t => {
  const error = new ChatError('SESSION_BUSY')
  t.equal(toChatError(error), error)
  t.notOk(isServerFault(error))
  t.ok(isServerFault(new ChatError('DATABASE_BUSY')))
})

t.test('a validation error names the field and the problem', async t => {
  const explain = (keyword: string, params: object, instancePath = '/a/b', message?: string) =>
    toChatError({ validation: [{ instancePath, keyword, params, message }], validationContext: 'body' }).message
  t.equal(explain('type', {}, '/a/0/b', 'must be string'), 'body.a.0.b must be string')
  t.equal(explain('required', {}, '', "must have required property 'a'"), "body must have required property 'a'")
  t.equal(explain('enum', { allowedValues: ['x', 'y'] }), 'body.a.b must be one of x, y')
  t.equal(explain('other', {}), 'body.a.b is not valid')
  t.ok(explain('additionalProperties', { additionalProperty: 'x'.repeat(5000) }).length < 200, 'a long name is cut')
})
