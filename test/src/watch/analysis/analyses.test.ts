import t from 'tap'
import { createDurations } from '../../../../src/watch/analysis/performance/durations.ts'
import { createPerformanceAnalysis } from '../../../../src/watch/analysis/performance/performance-analysis.ts'
import { renderPerformance } from '../../../../src/watch/analysis/performance/performance-text.ts'
import { createSecurityAnalysis } from '../../../../src/watch/analysis/security/security-analysis.ts'
import { renderSecurity } from '../../../../src/watch/analysis/security/security-text.ts'
import { groupQuestions, withoutTexts } from '../../../../src/watch/analysis/usage/question-groups.ts'
import { createUsageAnalysis } from '../../../../src/watch/analysis/usage/usage-analysis.ts'
import { renderUnanswered, renderUsage } from '../../../../src/watch/analysis/usage/usage-text.ts'

const HOUR = 3_600_000
const TO = Date.UTC(2026, 0, 15)
const DAY = 24 * HOUR
const PERIOD = { from: TO - DAY, to: TO }

t.test('quantiles of durations are exact to 5 %', async t => {
  const durations = createDurations()
  for (let ms = 1; ms <= 1000; ms++) durations.add(ms)
  for (const [share, exact] of [
    [0.5, 500],
    [0.95, 950],
    [0.99, 990],
    [1, 1000],
  ] as const) {
    const found = durations.quantile(share) ?? 0
    t.ok(found >= exact * 0.99 && found <= exact * 1.06, `${share}: ${found}`)
  }
  t.equal(createDurations().quantile(0.5), undefined)
})

t.test('performance counts each route, compares it and names the slowest requests', async t => {
  const analysis = createPerformanceAnalysis(PERIOD)
  const serve = (at: number, took_ms: number, more = {}) =>
    analysis.add({
      at,
      record: { function: 'end_request', msg: 'Request served', method: 'POST', route: '/chat', status: 200, took_ms, ...more },
    })
  for (let i = 0; i < 100; i++) serve(PERIOD.from - DAY / 2 + i, 10)
  for (let hour = 0; hour < 24; hour++) for (let i = 0; i < 10; i++) serve(PERIOD.from + hour * HOUR + i, hour < 12 ? 20 : 60)
  serve(TO - 1, 5000, { turn_id: 'slow', trace_id: 'abc' })
  serve(TO + 1, 9000)
  analysis.add({ at: TO - 5, record: { msg: 'Bot response sent', took_ms: 50, store_took_ms: 5, replayed: false } })
  const hours = Array.from({ length: 49 }, (_, hour) => ({
    at: PERIOD.from + hour * HOUR,
    turns: 10,
    steps: { queue: 0, search: 5 + (hour % 2), answer: 10 + 2 * hour },
  }))
  const result = analysis.result(hours)
  t.match(result.routes, [{ route: 'POST /chat', count: 241, count_before: 100, trend_ms_per_day: undefined }])
  t.match(result.slowest[0], { took_ms: 5000, trace_id: 'abc', lines: 'pellucid logs --turn slow' })
  t.match(result.turns, { count: 1 })
  t.match(
    result.steps.map(({ step, trend_ms_per_day }) => [step, Math.round(trend_ms_per_day ?? Number.NaN)]),
    [
      ['queue', 0],
      ['search', 0],
      ['answer', 48],
    ],
  )
  t.match(renderPerformance(result), /answer: 58 ms on average, trend \+48 ms a day/)
  t.match(renderPerformance(result), /POST \/chat: 241 × \(100 before\)[\s\S]*Slowest:\n.*5000 ms: pellucid logs --turn slow/)
})

t.test('security counts what each client was refused, repeated events included', async t => {
  const analysis = createSecurityAnalysis(PERIOD)
  const event = (client: string, kind: string, repeated: number) =>
    analysis.add({
      at: TO - HOUR,
      record: { msg: 'Security event', client, kind, repeated, method: 'GET', route: '/admin/log-level' },
    })
  event('a_one', 'probing', 40)
  event('a_one', 'failed_authentication', 0)
  event('a_two', 'probing', 1)
  for (let i = 0; i < 2000; i++) event(`a_${i}`, 'probing', 0)
  const result = analysis.result()
  t.equal(result.events, 2044)
  t.match(result.clients[0], { client: '(others)' })
  t.match(result.clients[1], {
    client: 'a_one',
    events: 42,
    kinds: [
      { name: 'probing', count: 41 },
      { name: 'failed_authentication', count: 1 },
    ],
  })
  t.equal(result.clients.length, 20)
  t.match(
    renderSecurity(result),
    /a_one: 42 events \(probing 41 ×, failed_authentication 1 ×\)\n {2}on GET \/admin\/log-level 42 ×/,
  )
})

t.test('usage counts turns and users; questions without an answer are grouped', async t => {
  const analysis = createUsageAnalysis(PERIOD)
  let id = 0
  const ask = (at: number, message_text: string, kind: string, user_id: string, confidence = 0.5) => {
    const turn_id = `t${id++}`
    analysis.add({ at, record: { msg: 'User message received', turn_id, message_text } })
    analysis.add({
      at,
      record: { msg: 'Bot response sent', turn_id, kind, user_id, session_id: `s_${user_id}`, confidence, replayed: false },
    })
  }
  ask(PERIOD.from - HOUR, 'How do I brew tea?', 'answer', 'u_1')
  for (let i = 0; i < 5; i++) ask(TO - HOUR, `Where is my invoice number ${i}?`, 'fallback', 'u_1')
  ask(TO - HOUR, 'Can I pay an invoice with [card]?', 'fallback', 'u_2')
  ask(TO - HOUR, 'How hot is green tea?', 'answer', 'u_3')
  ask(TO - HOUR, 'hello there', 'fallback', 'u_3', 0)
  ask(TO - HOUR, '/help me', 'command', 'u_3')
  const usage = analysis.result()
  t.match(usage, { turns: 9, turns_before: 1, sessions: 3, users: 3, returning_users: 1 })
  t.match(usage.kinds, [
    { name: 'fallback', count: 7 },
    { name: 'answer', count: 1 },
    { name: 'command /help', count: 1 },
  ])
  t.same(
    usage.unanswered.map(({ count }) => count),
    [6],
  )
  t.match(renderUsage(usage), /9 turns[\s\S]*users: 3, 1 of them also[\s\S]*Not answered: 6 questions/)
  t.match(
    renderUnanswered(usage),
    /^6 questions without an answer[\s\S]*6 × {2}invoice[\s\S]*1 × Where is my invoice number 0\? {2}\(pellucid logs --turn t1\)/,
  )
})

t.test('questions cannot control the terminal, nor add lines', t => {
  const examples = [{ text: 'Tea\u001b[2J\nhot?', count: 1, turn_id: 't1' }]
  const text = renderUnanswered({ from: 'A', to: 'B', unanswered: [{ label: 'tea\u009b', count: 1, examples }] })
  t.equal(
    text,
    '1 questions without an answer from A to B\n\n1 ×  tea\\u009b\n  1 × Tea\\u001b[2J hot?  (pellucid logs --turn t1)\n',
  )
  t.end()
})

t.test('questions without words, and more groups than are listed, are no problem', async t => {
  t.same(groupQuestions([]), [])
  t.same(groupQuestions([{ text: '?? !!', turnId: 'a' }]), [
    { label: '', count: 1, examples: [{ text: '?? !!', count: 1, turn_id: 'a' }] },
  ])
  const many = Array.from({ length: 100 }, (_, i) => ({ text: `word${i}x`, turnId: String(i) }))
  t.equal(groupQuestions(many, 20).length, 20)
})

t.test('a question that is asked often is listed once, with its count and its latest turn', async t => {
  const ask = (text: string, turnId: string) => ({ text, turnId })
  const groups = groupQuestions([
    ask('Opening hours today', 'a'),
    ask('opening  hours today?', 'b'),
    ask('Opening hours on Sunday?', 'c'),
    ask('Opening hours today?', 'd'),
  ])
  t.same(groups, [
    {
      label: 'opening hours today',
      count: 4,
      examples: [
        { text: 'Opening hours today?', count: 3, turn_id: 'd' },
        { text: 'Opening hours on Sunday?', count: 1, turn_id: 'c' },
      ],
    },
  ])
})

t.test('groups leave the server without questions, and without the label of a single one', async t => {
  const ask = (text: string, turnId: string) => ({ text, turnId })
  const single = ask('Can Jane Roe see my diagnosis?', 'x')
  const groups = groupQuestions([single, ...['a', 'b', 'c'].map(id => ask('Opening hours today?', id))])
  t.same(withoutTexts(groups), [
    { label: 'opening hours today', count: 3 },
    { label: '', count: 1 },
  ])
})
