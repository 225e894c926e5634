import t from 'tap'
import { type LogSignal, readLogSignal } from '../../../src/health/log-signal.ts'
import { describeSignal, isHealthy, type SignalState, UNWATCHED, watchTelemetry } from '../../../src/health/telemetry-episodes.ts'
import type { LogState } from '../../../src/logging/writing/log-transport.ts'

const LIMITS = { stallLimitMs: 30_000, calmMs: 10_000 }

type Check = readonly [atS: number, ...states: readonly Partial<SignalState>[]]

/** Checks the signals at each time (s). Returns the reports with times, and the last watch. */
function run(checks: readonly Check[]) {
  let watch = UNWATCHED
  const reports = checks.flatMap(([atS, ...states]) => {
    const result = watchTelemetry(watch, states.map(signal), atS * 1000, LIMITS)
    watch = result.watch
    return result.reports.map(({ state, event }) => ({ atS, signal: state.signal, ...event }))
  })
  return { watch, reports }
}

function signal(state: Partial<SignalState>): SignalState {
  return {
    signal: 'traces',
    destination: 'http://c',
    isConfigured: true,
    exported: 1,
    dropped: 0,
    failure: undefined,
    stalledSinceMs: undefined,
    ...state,
  }
}

t.test('a working export is not reported', async t => {
  const { reports, watch } = run([
    [0, {}],
    [5, { stalledSinceMs: 4000 }],
    [10, {}],
  ])
  t.same(reports, [])
  t.ok(isHealthy(watch))
})

t.test('a failing export is reported when it begins and when it ends, with duration and losses', async t => {
  const { reports } = run([
    [0, { dropped: 7 }],
    [5, { dropped: 7 }],
    [10, { dropped: 20, failure: 'refused', stalledSinceMs: 6000 }],
    [15, { dropped: 30, failure: 'refused', stalledSinceMs: 6000 }],
    [20, { dropped: 30, stalledSinceMs: 19_000 }],
    [25, { dropped: 30 }],
    [30, { dropped: 30 }],
    [35, { dropped: 30 }],
  ])
  t.same(
    reports,
    [
      { atS: 0, signal: 'traces', kind: 'failing', reason: 'dropped', dropped: 7, durationMs: 0 },
      { atS: 30, signal: 'traces', kind: 'resumed', dropped: 30, durationMs: 20_000 },
    ],
    'losses before the first check are included',
  )
})

t.test('items that wait longer than the limit are reported as stalled, without a failed attempt', async t => {
  const { reports } = run([
    [30, { stalledSinceMs: 1000 }],
    [31, { stalledSinceMs: 1000 }],
    [32, { stalledSinceMs: 1000 }],
    [35, {}],
    [44, {}],
    [45, {}],
  ])
  t.same(reports, [
    { atS: 32, signal: 'traces', kind: 'failing', reason: 'stalled', dropped: 0, durationMs: 31_000 },
    { atS: 45, signal: 'traces', kind: 'resumed', dropped: 0, durationMs: 34_000 },
  ])
})

t.test('an export that fails every other time is one episode', async t => {
  const checks = Array.from({ length: 20 }, (_, i): Check => [i * 5, { failure: i % 2 === 1 ? 'refused' : undefined }])
  t.match(run(checks).reports, [{ atS: 5, kind: 'failing', reason: 'failed' }])
})

t.test('items dropped while others are exported are an episode', async t => {
  const { reports } = run([
    [0, {}],
    [5, { dropped: 3 }],
    [10, { dropped: 4 }],
    [15, { dropped: 4 }],
    [25, { dropped: 4 }],
  ])
  t.same(reports, [
    { atS: 5, signal: 'traces', kind: 'failing', reason: 'dropped', dropped: 3, durationMs: 0 },
    { atS: 25, signal: 'traces', kind: 'resumed', dropped: 4, durationMs: 10_000 },
  ])
})

const UNCONFIGURED = { isConfigured: false, exported: 0 }
const REFUSED = { failure: 'refused', stalledSinceMs: 0 }

t.test('a missing collector at the default address is reported once for all signals, and health stays ok', async t => {
  const checks = Array.from(
    { length: 50 },
    (_, i): Check => [
      i * 5,
      { ...UNCONFIGURED, ...REFUSED, dropped: i },
      { ...UNCONFIGURED, ...(i > 11 && REFUSED), signal: 'metrics' },
    ],
  )
  const { reports, watch } = run(checks)
  t.same(reports, [{ atS: 0, signal: 'traces', kind: 'no_collector' }])
  t.ok(isHealthy(watch))
  t.equal(
    describeSignal(watch, signal({ ...UNCONFIGURED, ...REFUSED, dropped: 49 }), 250_000),
    'traces: not exported, no collector at http://c; 49 dropped',
  )
})

t.test('a missing collector at a configured address is reported as a failure, once', async t => {
  const checks = Array.from({ length: 50 }, (_, i): Check => [i * 5, { exported: 0, ...REFUSED }])
  const { reports, watch } = run(checks)
  t.match(reports, [{ atS: 0, kind: 'failing', reason: 'failed' }])
  t.notOk(isHealthy(watch))
})

t.test('a default address that answered before and then fails is reported as a failure, and as resumed', async t => {
  const { reports } = run([
    [0, { isConfigured: false, exported: 3 }],
    [5, { isConfigured: false, exported: 3, ...REFUSED }, { ...UNCONFIGURED, ...REFUSED, signal: 'metrics' }],
    [10, { isConfigured: false, exported: 3, ...REFUSED }, { ...UNCONFIGURED, ...REFUSED, signal: 'metrics' }],
    [15, { isConfigured: false, exported: 3 }],
    [25, { isConfigured: false, exported: 4 }],
  ])
  t.match(reports, [
    { atS: 5, signal: 'traces', kind: 'failing' },
    { atS: 5, signal: 'metrics', kind: 'failing' },
    { atS: 25, signal: 'traces', kind: 'resumed' },
  ])
})

t.test('a collector that appears at the default address is reported as a start, and its next failure as a failure', async t => {
  const { reports } = run([
    [0, { ...UNCONFIGURED, ...REFUSED, dropped: 2 }],
    [5, { ...UNCONFIGURED, dropped: 2 }],
    [15, { ...UNCONFIGURED, dropped: 2 }],
    [20, { ...UNCONFIGURED, ...REFUSED, dropped: 2 }],
  ])
  t.match(reports, [
    { atS: 0, kind: 'no_collector' },
    { atS: 15, kind: 'started', dropped: 2, durationMs: 5000 },
    { atS: 20, kind: 'failing' },
  ])
})

t.test('a collector that appears at the default address and fails within the calm period is reported as a failure', async t => {
  const { reports } = run([
    [0, { ...UNCONFIGURED, ...REFUSED }],
    [5, { isConfigured: false, exported: 1 }],
    [10, { isConfigured: false, exported: 1, ...REFUSED }],
    [15, { isConfigured: false, exported: 1, ...REFUSED }],
  ])
  t.match(reports, [
    { atS: 0, kind: 'no_collector' },
    { atS: 10, kind: 'failing' },
  ])
})

t.test('the health report describes each state of a signal', async t => {
  const failing = signal({ failure: 'connect ECONNREFUSED', stalledSinceMs: 1000, dropped: 10 })
  const { watch } = run([[5, failing]])
  t.equal(describeSignal(UNWATCHED, signal({}), 5000), 'traces: exported to http://c')
  t.equal(describeSignal(UNWATCHED, signal({ exported: 0 }), 5000), 'traces: none yet for http://c')
  t.equal(
    describeSignal(watch, failing, 61_000),
    'traces: export to http://c failing for 60 s (connect ECONNREFUSED); 10 dropped',
  )
})

t.test('the log is stalled if lines wait and none is written, and failing if it reports a failure', async t => {
  const state = (written: number, waiting: number, failure?: string, lost = 0) =>
    ({ failure, written: { chatbot: written }, dropped: { chatbot: lost }, waiting, closed: false }) as unknown as LogState
  const checks: readonly (readonly [LogState, Partial<LogSignal>])[] = [
    [state(5, 0), { stalledSinceMs: undefined, exported: 5, failures: 0 }],
    [state(9, 3), { stalledSinceMs: 1000 }],
    [state(9, 4), { stalledSinceMs: 1000, waiting: 4 }],
    [state(11, 4), { stalledSinceMs: 3000 }],
    [state(11, 4, 'disk full', 2), { stalledSinceMs: 3000, failure: 'disk full', failures: 1, dropped: 2 }],
    [state(11, 0, 'disk full', 6), { failure: 'disk full', failures: 1, dropped: 6 }],
    [state(12, 0, undefined, 6), { stalledSinceMs: undefined, failure: undefined, failures: 1 }],
  ]
  let before: LogSignal | undefined
  for (const [i, [logState, expected]] of checks.entries()) {
    before = readLogSignal(before, logState, 'logs', i * 1000)
    t.match(before, { signal: 'logs', destination: 'logs', isConfigured: true, ...expected }, `check ${i}`)
  }
})
