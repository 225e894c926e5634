import t from 'tap'
import { renderHealth } from '../../../../src/cli/analyse/health-text.ts'
import { measureChecks, measureObjectives } from '../../../../src/watch/reports/health.ts'
import type { Point } from '../../../../src/watch/series/series.ts'
import { createMemoryReader } from '../series/memory-reader.ts'

const HOUR = 3_600_000
const TO = Date.UTC(2026, 0, 15)
const PERIOD = { from: TO - 100 * HOUR, to: TO }
const OBJECTIVES = { availability: 0.99, fastReplies: 0.9, replyWithinS: 2 }

/** A value for each hour. A period begins after its first instant, so the first is not read. */
const hours = (at: (hour: number) => number): readonly Point[] =>
  Array.from({ length: 101 }, (_, hour) => ({ t: PERIOD.from + hour * HOUR, v: at(hour) }))

const requests = (status: string, at: (hour: number) => number) => ({ labels: { endpoint: '/chat', status }, points: hours(at) })
const bucket = (le: string, perHour: number) => ({ labels: { endpoint: '/chat', le }, points: hours(hour => hour * perHour) })
const check = (name: string, at: (hour: number) => number) => ({ labels: { check: name }, points: hours(at) })

const READER = createMemoryReader({
  chatbot_requests_total: [
    requests('success', hour => hour * 100),
    // 2 in each of the last 10 hours.
    requests('error', hour => Math.max(0, hour - 90) * 2),
    { labels: { endpoint: '/health/ready', status: 'error' }, points: hours(hour => hour * 50) },
  ],
  chatbot_response_time_seconds_bucket: [bucket('1', 80), bucket('2.5', 95), bucket('+Inf', 100)],
  health_check_up: [
    check('disk', () => 1),
    check('audit', hour => (hour === 50 ? 0 : 1)),
    check('log', hour => (hour < 100 ? 1 : 0)),
  ],
})

t.test('objectives count requests of users, with the error budget and its burn rates', async t => {
  const [availability, latency] = measureObjectives(READER, PERIOD, OBJECTIVES)
  t.equal(availability?.total, 9920)
  t.ok(Math.abs((availability?.achieved ?? 0) - (1 - 20 / 9920)) < 1e-9)
  t.ok(Math.abs((availability?.budget_left ?? 0) - (1 - 20 / 99.2)) < 0.001)
  t.match(
    availability?.burn_rates.map(({ hours, rate }) => [hours, rate?.toFixed(1)]),
    [
      [1, undefined],
      [6, '2.0'],
      [72, '0.3'],
    ],
    'one point is no increase',
  )
  // 2 s is two thirds of the way from 1 s to 2.5 s.
  t.ok(Math.abs((latency?.achieved ?? 0) - 0.9) < 1e-9)
})

t.test('without requests nothing is achieved and nothing is missed', async t => {
  const [availability] = measureObjectives(createMemoryReader({}), PERIOD, OBJECTIVES)
  t.match(availability, { total: 0, achieved: undefined, budget_left: undefined, burn_rates: [{ rate: undefined }] })
})

t.test('checks that fail come first, then those that failed', async t => {
  t.match(measureChecks(READER, PERIOD), [
    { check: 'log', ok: false },
    { check: 'audit', ok: true, passed: 98 / 99, last_failed: new Date(PERIOD.from + 50 * HOUR).toISOString() },
    { check: 'disk', ok: true, passed: 1, last_failed: undefined },
  ])
})

t.test('a share just below 100 % is not shown as 100 %', async t => {
  const state = {
    objective: 'availability',
    target: 0.999,
    achieved: 0.999999,
    total: 1e6,
    budget_left: 0.999,
    burn_rates: [],
  } as const
  const text = renderHealth({
    name: 'health',
    from: 'a',
    to: 'b',
    objectives: [{ ...state, goal: 'requests without a fault', lines: 'pellucid analyse errors' }],
    checks: [],
    alerts: [{ rule: 'disk_space', fired: 2, mean_time_to_resolve_s: 60 }],
  })
  t.match(text, 'MET     requests without a fault: 99.999 % of 1,000,000')
  t.match(text, 'disk_space: fired 2 ×, resolved after 60 s on average')
})
