import t from 'tap'
import { createErrorAnalysis } from '../../../../src/watch/analysis/errors/error-analysis.ts'
import { createErrorReporter } from '../../../../src/watch/composition/error-reporter.ts'
import { TEXT_WITHHELD } from '../../../../src/watch/error-reports/error-report.ts'
import { createRecentLines } from '../../../../src/watch/error-reports/recent-lines.ts'
import { makeCanaries } from '../../../canaries/canary-kinds.ts'
import { createSearch } from '../../../canaries/search.ts'

const TIME = '2026-01-15T10:00:00.000Z'
const REQUEST = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', request_id: 'r-1' }
const line = (level: string, msg: string, facts: object) =>
  JSON.stringify({ level, level_number: 40, time: TIME, service: 'chatbot', module: 'm', function: 'f', ...facts, msg })
const errorOf = (message: string) => ({ type: 'Error', message, stack: `Error: ${message}\n    at run (/x/src/a.ts:1:2)` })

function createWorld(fields: readonly string[] = []) {
  const recent = createRecentLines(1000, 1_000_000)
  const reportOf = createErrorReporter(fields, recent)
  return { recent, reportOf, fail: (facts: object) => reportOf(line('ERROR', 'Work failed', facts)) }
}

t.test('no secret is in a report, wherever the error and the lines before it have it', t => {
  const canaries = makeCanaries()
  const { recent, fail } = createWorld()
  const reports = canaries.map(({ text }, i) => {
    const trace_id = i.toString(16).padStart(32, '0')
    const spread = { trace_id, code: text, route: text, job: text, user_id: text, path: text, [text]: 1 }
    recent.add(line('INFO', `Heard ${text}`, { ...spread, message_text: text }))
    const cause = errorOf(`because of ${text}`)
    return fail({ ...spread, err: { ...errorOf(`failed for ${text}`), code: text, facts: { text }, cause } })
  })
  const texts: string[] = []
  JSON.stringify(reports, (_name, value) => {
    if (typeof value === 'string') texts.push(value)
    return value
  })
  const tracesOf = createSearch(canaries)(texts.join('\n'))
  for (const canary of canaries) t.same(tracesOf(canary), [], `${canary.kind}, ${canary.form}`)
  t.ok(reports.every(({ breadcrumbs, errors }) => breadcrumbs.length === 1 && errors.length === 2))
  t.end()
})

t.test('the text of an error is sent only if what it quotes of a user is known', t => {
  const { recent, fail } = createWorld()
  const err = errorOf('no room for: My cat eats the blue pills')
  const templates = (facts: object) => fail({ err, ...facts }).errors.map(({ template }) => template)
  t.same(templates({}), ['no room for: My cat eats the blue pills'], 'outside a request')
  t.same(templates({ ...REQUEST, route: '/health' }), ['no room for: My cat eats the blue pills'], 'a route without texts')
  t.same(templates(REQUEST), [TEXT_WITHHELD], 'within a request')
  for (const route of ['/chat', '/search', '/turns/:id/feedback', '/documents/*'])
    t.same(templates({ ...REQUEST, route }), [TEXT_WITHHELD], route)
  recent.add(line('INFO', 'User message received', { ...REQUEST, request_id: 'r-2', message_text: 'hello' }))
  t.same(templates({ ...REQUEST, route: '/chat' }), [TEXT_WITHHELD], 'the message of another request of the trace is known')
  recent.add(line('INFO', 'User message received', { ...REQUEST, message_text: 'My cat eats the blue pills' }))
  t.same(templates({ ...REQUEST, route: '/chat' }), ['no room for: <*>'], 'the message is known')
  t.end()
})

t.test('what an error quotes of a message is masked before the rest is made a template', t => {
  const told = (message_text: string, quote: string) => {
    const { recent, fail } = createWorld()
    recent.add(line('INFO', 'User message received', { ...REQUEST, message_text }))
    return fail({ ...REQUEST, route: '/chat', err: errorOf(`no room for ${quote} in 12ms`) }).errors[0]?.template
  }
  const words = Array.from({ length: 300 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}`).join(' ')
  t.equal(told(`${words} my secret diary begins`, 'my secret diary'), 'no room for <*> in <*>', 'after 1,000 characters')
  t.equal(told("what's my secret diary's name 7", "my secret diary's"), 'no room for <*> in <*>', 'between two apostrophes')
  t.equal(told('room 12 secret diary', '12 secret diary'), 'no room for <*> in <*>', 'with a number')
  const cut = `${words}… (12 more characters)`
  t.equal(told(cut, 'something else'), TEXT_WITHHELD, 'a message of which the log has a part')
  t.end()
})

t.test('a reply alone does not make the message known', t => {
  const { recent, fail } = createWorld()
  recent.add(line('INFO', 'Reply sent', { ...REQUEST, response_text: 'I do not know' }))
  t.equal(fail({ ...REQUEST, route: '/chat', err: errorOf('no room for my cat') }).errors[0]?.template, TEXT_WITHHELD)
  t.end()
})

t.test('a report has the kind of the analysis, the ids, and the lines of its trace without texts', t => {
  const { recent, reportOf } = createWorld(['code'])
  const analysis = createErrorAnalysis({ from: Date.parse(TIME), to: Date.parse(TIME) + 1 })
  recent.add(line('INFO', 'Of another trace', { trace_id: 'f'.repeat(32) }))
  for (let i = 1; i <= 25; i++)
    recent.add(line('INFO', 'Work begun', { ...REQUEST, took_ms: i, done: false, path: '/home/alice', title: 'Diary' }))
  const text = line('CRITICAL', 'Work failed', { ...REQUEST, user_id: 'u_O4tARYSCv3ZBRTj3_qUNTc', err: errorOf('x'), code: 'NO' })
  const report = reportOf(text)
  analysis.add({ at: Date.parse(TIME), record: { ...JSON.parse(text), code: '[redacted]' } })
  t.equal(report.fingerprint, analysis.result().kinds[0]?.fingerprint)
  t.match(report, {
    at: Date.parse(TIME),
    level: 'CRITICAL',
    message: 'Work failed',
    traceId: REQUEST.trace_id,
    spanId: REQUEST.span_id,
    userId: 'u_O4tARYSCv3ZBRTj3_qUNTc',
    linesCommand: `pellucid logs --trace ${REQUEST.trace_id}`,
    facts: { code: '[redacted]' },
  })
  t.same(
    report.breadcrumbs.map(({ message, facts }) => [message, facts]),
    Array.from({ length: 20 }, (_, i) => ['Work begun', { function: 'f', request_id: 'r-1', took_ms: i + 6, done: false }]),
  )
  t.end()
})
