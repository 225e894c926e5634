import t from 'tap'
import { createErrorAnalysis } from '../../../../src/watch/analysis/errors/error-analysis.ts'
import { renderErrors } from '../../../../src/watch/analysis/errors/error-text.ts'
import { fingerprintOf } from '../../../../src/watch/analysis/errors/fingerprint.ts'
import { createFingerprints } from '../../../../src/watch/analysis/errors/fingerprints.ts'

const DAY_MS = 86_400_000
const TO = Date.parse('2026-01-15T00:00:00.000Z')
const PERIOD = { from: TO - DAY_MS, to: TO }

/** A record at ERROR, as the logger writes it. */
function failure(facts: Readonly<Record<string, unknown>> = {}, message = 'disk I/O error', frame = 'readRow') {
  const stack = `Error: ${message}\n    at node:internal/x:1:2\n    at ${frame} (file:///srv/app/src/database/reader.ts:18:56)`
  return { level: 'ERROR', module: 'http', msg: 'Read failed', err: { type: 'Error', message, stack }, ...facts }
}

/** Adds `count` failures in the second half of a day that ends `daysAgo`. */
function spread(add: (line: { at: number; record: object & Record<string, unknown> }) => void, daysAgo: number, counts: object) {
  const entries = Object.entries(counts) as [string, number][]
  for (const [code, count] of entries)
    for (let i = 0; i < count; i++)
      add({ at: TO - daysAgo * DAY_MS - DAY_MS / 2 + i, record: failure({ code, user_id: `u_${i % 3}`, turn_id: `t${i}` }) })
}

t.test('ids, times, numbers, paths and line numbers do not distinguish kinds of errors', async t => {
  const texts = [
    "no file '/srv/a/b.txt' after 12.5 ms at 2026-01-15T10:00:00Z from 10.0.0.1:80",
    "no file '/var/lib/other/c.md' after 7 ms at 2025-11-02T01:02:03Z from 192.168.2.7:4711",
  ]
  const [a, b] = texts.map(text => fingerprintOf(failure({ request_id: text }, text)).id)
  t.equal(a, b)
  const moved = failure()
  for (const folder of ['/opt/release/', '/opt/bot/node_modules/pellucid/', '/opt/bot/node_modules/pellucid/dist/']) {
    const stack = moved.err.stack.replace('18:56', '99:1').replace('/srv/app/', folder)
    t.equal(fingerprintOf({ ...moved, err: { ...moved.err, stack } }).id, fingerprintOf(moved).id, folder)
  }
})

t.test('code, message, module, frame and the text of the error distinguish kinds', async t => {
  const kinds = [
    failure(),
    failure({ code: 'DATABASE_BUSY' }),
    failure({ msg: 'Write failed' }),
    failure({ module: 'audit' }),
    failure({}, 'database is locked'),
    failure({}, 'disk I/O error', 'writeRow'),
    { level: 'ERROR', module: 'http', msg: 'Read failed' },
    { level: 'ERROR' },
    { level: 'ERROR', err: 7, msg: { odd: true } },
  ]
  t.equal(new Set(kinds.slice(0, 8).map(kind => fingerprintOf(kind).id)).size, 8)
  t.equal(fingerprintOf(kinds[8]!).id, fingerprintOf(kinds[7]!).id, 'fields of other types are ignored')
})

t.test('a word that varies in a text is learned', async t => {
  const { assign } = createFingerprints()
  const ids = ['alpha', 'beta', 'gamma'].map(name => assign(failure({}, `could not open index ${name} for reading now`)).id)
  t.equal(new Set(ids).size, 1)
  const { template } = assign(failure({}, 'could not open index delta for reading now'))
  t.equal(template, 'could not open index <*> for reading now')
  t.not(assign(failure({}, 'could not close socket of a client now')).id, ids[0])
})

t.test('kinds are new, rising, steady, falling or gone against the period before', async t => {
  const errors = createErrorAnalysis(PERIOD)
  errors.add({ at: TO - 3 * DAY_MS, record: { msg: 'Chatbot Initialized', version: '1.0.0' } })
  spread(errors.add, 2, { STEADY: 1 })
  spread(errors.add, 1, { RISING: 10, STEADY: 10, FALLING: 50, GONE: 5 })
  errors.add({ at: PERIOD.from, record: { msg: 'Chatbot Initialized', version: '1.1.0' } })
  spread(errors.add, 0, { RISING: 50, STEADY: 12, FALLING: 10, NEW: 7 })
  errors.add({ at: TO, record: failure({ code: 'LATER' }) })
  const { kinds, ...result } = errors.result()
  t.match(result, { compared: true, total: 79, total_before: 75, omitted: 0 })
  t.same(Object.fromEntries(kinds.map(({ code, trend }) => [code, trend])), {
    RISING: 'rising',
    STEADY: 'steady',
    FALLING: 'falling',
    NEW: 'new',
    GONE: 'gone',
  })
  const known = Object.fromEntries(kinds.map(kind => [kind.code, kind]))
  t.match(known.NEW, { since_version: '1.1.0', user_count: 3, count: 7, latest_lines: 'pellucid logs --turn t6' })
  t.match(known.RISING, { since_version: '1.0.0', count_before: 10 })
  t.equal(known.STEADY?.first_seen, new Date(TO - 2.5 * DAY_MS).toISOString(), 'also before both periods')
  t.match(renderErrors(errors.result()), /NEW [\da-f]{12} NEW: 7 × \(0 before\) \[http\] Read failed\n {2}Error: disk I\/O error/)
})

t.test('an error that a request logs before its own line gets the route of the request', async t => {
  const errors = createErrorAnalysis(PERIOD)
  errors.add({ at: TO - 2, record: failure({ request_id: 'r1', module: 'search' }) })
  errors.add({ at: TO - 1, record: failure({ request_id: 'r1', method: 'POST', route: '/chat' }) })
  const { kinds, compared } = errors.result()
  t.same(
    kinds.map(({ routes }) => routes),
    [['POST /chat'], ['POST /chat']],
  )
  t.equal(compared, false)
})
