import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { METRICS, type Metric, type MetricName, maxSeriesOf, type NameOf } from '../../otel/metrics.ts'
import {
  announceCommands,
  announceEndpoint,
  observe,
  recordAnswer,
  recordAuditFailure,
  recordCommand,
  recordCommit,
  recordDatabaseOperation,
  recordError,
  recordFeedback,
  recordQueueWait,
  recordRequest,
  recordSearch,
  recordSessionClosed,
  recordSessionOpened,
  recordSlowOperation,
  recordTurn,
} from '../../otel/recording.ts'
import { collectPeriodically } from '../../otel/sdk/reader-upkeep.ts'
import { metricsHandler, startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { COMMANDS } from '../../src/commands/command-table.ts'
import { ERROR_TEXTS } from '../../src/errors.ts'
import { metricOf, scrape } from './exposition.ts'

t.after(() => stopTelemetry(1000))
Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })

const catalogue = Object.entries<Metric>(METRICS)
/** Recorded by an instrumentation for outgoing requests. */
const NOT_OURS = 'http_client_request_duration_seconds'

t.test('metric names end in their unit, and counters in _total', async t => {
  for (const [name, { kind, unit, foreignInstrument }] of catalogue) {
    t.match(name, /^[a-z][a-z0-9_]*$/, name)
    t.equal(name.endsWith('_total'), kind.endsWith('counter'), name)
    if (unit === 's') t.match(name, /_seconds(_total)?$/)
    if (unit === 'By') t.match(name, /_bytes$/)
    if (unit === '1' && !name.endsWith('_up')) t.match(name, /_ratio$/)
    if (foreignInstrument !== undefined) t.ok(name.startsWith(foreignInstrument.replaceAll('.', '_')), name)
  }
})

t.test('histogram buckets are sorted and few', async t => {
  for (const [name, { kind, buckets = [] }] of catalogue) {
    t.equal(buckets.length > 0, kind === 'histogram', name)
    t.ok(buckets.length <= 16, `${name} has ${buckets.length}`)
    t.ok(
      buckets.every((bound, i) => i === 0 || bound > (buckets[i - 1] ?? 0)),
      `${name}: ${buckets}`,
    )
  }
})

t.test('without telemetry there are no metrics', async t => {
  t.equal(metricsHandler(), undefined)
  await stopTelemetry(100)
})

t.test('/metrics exposes every metric of the catalogue with unit, help and buckets', async t => {
  announceCommands(['help', 'unknown'])
  announceEndpoint('/announced')
  await startTelemetry()
  const announced = (await scrape()).samples
  for (const [name, metric] of catalogue.filter(([, { kind }]) => kind === 'counter')) {
    const series = Object.entries(announced).filter(([sample]) => sample.startsWith(name))
    const isClosed = Object.values(metric.labels ?? {}).every(values => !('of' in values))
    if (isClosed) t.equal(series.length, maxSeriesOf(metric), `${name} begins with all its series`)
    for (const [sample, value] of series) t.equal(value, 0, sample)
  }
  for (const status of ['success', 'refused', 'error'])
    t.equal(announced[`chatbot_commands_total{command="help",status="${status}"}`], 0)
  t.equal(announced['chatbot_requests_total{endpoint="/announced",status="error"}'], 0, 'the first failure will be an increase')

  recordRequest('/chat', 200, 12)
  recordRequest('/chat', 404, 1, 'SESSION_NOT_FOUND')
  recordRequest('/chat', 503, 1, 'OVERLOADED')
  recordRequest(undefined, 404, 1, 'ROUTE_NOT_FOUND')
  recordError(undefined, 'MALFORMED_REQUEST')
  recordCommand('help', 'success', 0.4)
  recordCommand('unknown', 'refused')
  recordTurn('answer')
  recordAnswer(true, 0.75)
  recordAnswer(false, 0)
  recordFeedback(true)
  recordSessionOpened()
  recordSessionClosed('expired', 90_000, 4)
  recordQueueWait(0)
  recordSearch(0.2, 10)
  recordSearch(0.2, 0)
  recordDatabaseOperation('SELECT sessions', 1.5)
  recordCommit(0.3)
  recordSlowOperation()
  recordAuditFailure()
  const observed = catalogue.filter(([name, { kind }]) => /gauge|observed/.test(kind) && !name.startsWith('process_'))
  const stops = observed.map(([name], i) => observe(name as NameOf<'gauge' | 'observed-counter'>, () => i))
  const exposition = await scrape()
  const { about, samples } = exposition

  for (const [name, { kind, unit, help, buckets = [] }] of catalogue.filter(([name]) => name !== NOT_OURS)) {
    t.equal(about[name]?.HELP, help, name)
    t.equal(about[name]?.UNIT, unit)
    t.equal(about[name]?.TYPE, kind.replace('observed-', ''))
    const bounds = Object.keys(samples)
      .filter(sample => sample.startsWith(`${name}_bucket`))
      .map(sample => Number(/le="([^"]+)"/.exec(sample)?.[1]))
    t.same([...new Set(bounds)].filter(Number.isFinite), buckets, `${name} has its buckets`)
  }
  const shown = new Set(Object.keys(samples).map(sample => metricOf(sample, exposition)))
  shown.delete('target_info')
  t.same(
    [...shown].filter(name => !(name in METRICS)),
    [],
    'no metric is missing from the catalogue',
  )
  t.match(samples, {
    'chatbot_requests_total{endpoint="/chat",status="success"}': 1,
    'chatbot_requests_total{endpoint="/chat",status="client_error"}': 1,
    'chatbot_requests_total{endpoint="/chat",status="error"}': 1,
    'chatbot_requests_total{endpoint="unmatched",status="client_error"}': 1,
    'chatbot_requests_total{endpoint="unmatched",status="error"}': 0,
    'chatbot_request_errors_total{endpoint="/chat",code="OVERLOADED"}': 1,
    'chatbot_request_errors_total{endpoint="unmatched",code="MALFORMED_REQUEST"}': 1,
    'chatbot_response_time_seconds_count{endpoint="/chat"}': 3,
    'chatbot_response_time_seconds_bucket{endpoint="/chat",le="0.01"}': 2,
    'chatbot_commands_total{command="help",status="success"}': 1,
    'chatbot_commands_total{command="unknown",status="refused"}': 1,
    'chatbot_command_duration_seconds_count{command="help"}': 1,
    'chatbot_turns_total{kind="answer"}': 1,
    'chatbot_questions_total{outcome="abstained"}': 1,
    'chatbot_answer_confidence_ratio_bucket{le="0.8"}': 2,
    'chatbot_feedback_total{judgement="correct"}': 1,
    'chatbot_sessions_closed_total{reason="expired"}': 1,
    chatbot_session_duration_seconds_sum: 90,
    'chatbot_session_turns_bucket{le="5"}': 1,
    'chatbot_queue_wait_seconds_bucket{le="0"}': 1,
    'chatbot_searches_total{outcome="none"}': 1,
    'chatbot_search_duration_seconds_bucket{le="0.00025"}': 2,
    'db_client_operation_duration_seconds_bucket{operation="SELECT sessions",le="0.0025"}': 1,
  })
  t.ok((samples.process_resident_memory_bytes ?? 0) > 1e7)
  t.ok((samples.process_memory_limit_bytes ?? 0) > (samples.process_resident_memory_bytes ?? 0))
  t.ok((samples.process_heap_limit_bytes ?? 0) > (samples.process_heap_used_bytes ?? 0))
  t.ok((samples.process_cpu_seconds_total ?? 0) > 0)
  t.ok((samples.process_available_cpus ?? 0) >= 1)
  t.ok(Math.abs((samples.process_start_time_seconds ?? 0) + process.uptime() - Date.now() / 1000) < 5)
  t.ok((samples['process_event_loop_delay_seconds{quantile="0.99"}'] ?? -1) >= 0)
  for (const stop of stops) stop()
})

t.test('a reading that fails or is undefined does not affect others', async t => {
  let readings = 0
  const stops = [
    observe('chatbot_active_sessions', () => Promise.reject(new Error('the database is gone'))),
    observe('chatbot_judged_turns', () => undefined, { judgement: 'correct' }),
    observe('chatbot_queue_length', () => ++readings + 100),
  ]
  const { samples } = await scrape()
  t.equal(samples.chatbot_queue_length, 101)
  t.notOk('chatbot_judged_turns{judgement="correct"}' in samples)
  for (const stop of stops) stop()
  await scrape()
  t.equal(readings, 1, 'ended observations are not read')
})

t.test('a reading that hangs does not block a scrape', async t => {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const stop = observe('chatbot_queue_length', () => {
    resolve()
    return new Promise<number>(() => undefined)
  })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const scraped = scrape()
  await asked
  // The timer is set after the reading has started.
  await setImmediate()
  mock.timers.tick(5000)
  t.ok('chatbot_documents' in (await scraped).samples, 'the others are exposed')
  stop()
})

t.test('unread metrics are collected periodically, also after a failure', async t => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let readings = 0
  const collect = async (): Promise<never> => {
    readings += 1
    if (readings === 3) resolve()
    throw new Error('unavailable')
  }
  const stop = collectPeriodically({ collect }, 1)
  const alive = setTimeout(() => undefined, 30_000)
  await promise
  clearTimeout(alive)
  stop()
  t.equal(readings, 3)
})

t.test('label limits of the catalogue cover all routes, commands and codes', async t => {
  const room = (name: MetricName, label: string) => {
    const values = (METRICS[name] as Metric).labels?.[label] ?? []
    return 'of' in values ? values.atMost : values.length
  }
  t.ok(COMMANDS.length + 1 <= room('chatbot_commands_total', 'command'))
  t.ok(Object.keys(ERROR_TEXTS).length + 1 <= room('chatbot_request_errors_total', 'code'))
})

t.test('the docs name existing metrics and labels', async t => {
  const manual = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  const names = [
    ...manual.matchAll(
      /\b((?:chatbot|process|db|disk|log|telemetry)_\w+?)(?:_(?:bucket|sum|count))?(?:\{(\w+)[=~!]+"|\[\d+\w\])/g,
    ),
  ]
  t.ok(names.length >= 10)
  for (const [, name = '', label] of names) {
    t.ok(name in METRICS, name)
    if (label !== undefined) t.ok(label in ((METRICS as Record<string, Metric>)[name]?.labels ?? {}), `${name}{${label}}`)
  }
})
