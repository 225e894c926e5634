import { resourceFromAttributes } from '@opentelemetry/resources'
import t from 'tap'
import { toLineRecord } from '../../../otel/azure/line-record.ts'

const RESOURCE = resourceFromAttributes({})
const LINE = {
  level: 'INFO',
  level_number: 20,
  time: '2026-01-15T10:00:00.250Z',
  service: 'chatbot',
  module: 'chat',
  msg: 'Said',
}
const convert = (line: object) => toLineRecord(JSON.stringify({ ...LINE, ...line }), RESOURCE)

t.test('a line becomes a message of its trace, with its facts', async t => {
  const record = convert({
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    session_id: 's_1',
    user_id: 'u_1',
    status: 200,
    list: [1],
  })
  t.match(record, {
    hrTime: [1_768_471_200, 250_000_000],
    spanContext: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    severityNumber: 9,
    body: 'Said',
  })
  t.same(record.attributes, {
    module: 'chat',
    'session.id': 's_1',
    'enduser.pseudo.id': 'u_1',
    status: 200,
    list: '[1]',
  })
  t.notOk('spanContext' in convert({}))
})

t.test('a line at WARNING or above with an error becomes an exception, with its causes', async t => {
  const err = {
    type: 'TypeError',
    message: 'no',
    code: 'E1',
    stack: 'TypeError: no\n at a',
    cause: { type: 'Error', message: 'why' },
  }
  const { attributes } = convert({ level: 'ERROR', err })
  t.match(attributes, {
    msg: 'Said',
    err_code: 'E1',
    'exception.type': 'TypeError',
    'exception.message': 'no',
    'exception.stacktrace': 'TypeError: no\n at a\nCaused by: Error: why',
  })
  t.match(convert({ level: 'WARNING', err: { type: 'string', message: 'no' } }).attributes, {
    'exception.stacktrace': 'string: no',
  })
  t.same(Object.keys(convert({ err }).attributes), ['module', 'err'], 'an error that was expected is none')
})

t.test('the line of a start becomes an event', async t => {
  t.equal(convert({ msg: 'Chatbot Initialized' }).attributes['microsoft.custom_event.name'], 'Chatbot Initialized')
})
