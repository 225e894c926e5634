import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import {
  METRICS,
  type Metric,
  observeGauge,
  recordDatabaseOperation,
  recordQueueWait,
  recordRequest,
  recordSearch,
  recordTurn,
} from '../../otel/metrics.ts'
import { metricsHandler, startTelemetry, stopTelemetry } from '../../otel/sdk.ts'

t.after(() => stopTelemetry(1000))
Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })

async function scrape(): Promise<string> {
  const server = createServer((request, reply) => metricsHandler()?.(request, reply))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)
  server.close()
  return reply.text()
}

/** Reads Prometheus' text format: what is said about each metric, and its samples. Throws on a line that is neither. */
function parse(text: string) {
  const about: Record<string, Record<string, string>> = {}
  const samples: Record<string, number> = {}
  for (const line of text.trim().split('\n')) {
    const comment = /^# (HELP|TYPE|UNIT) (\w+) (.+)$/.exec(line)
    const sample = /^(\w+(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})?) (-?[\d.e+-]+|\+Inf|NaN)$/.exec(line)
    if (comment !== null) about[comment[2] ?? ''] = { ...about[comment[2] ?? ''], [comment[1] ?? '']: comment[3] ?? '' }
    else if (sample !== null) samples[sample[1] ?? ''] = Number(sample[2])
    else throw new Error(`not in the format: ${line}`)
  }
  return { about, samples }
}

t.test('while telemetry is off, recording does nothing and there is nothing to show', async t => {
  t.equal(metricsHandler(), undefined)
  await stopTelemetry(100)
})

t.test('every metric of the catalogue is at /metrics under its own name, with unit and help', async t => {
  await startTelemetry()
  t.equal(parse(await scrape()).samples['chatbot_turns_total{kind="fallback"}'], 0, 'known counts are there before the first')

  recordRequest('/chat', 200, 12)
  recordRequest('/chat', 404, 1)
  recordRequest('/chat', 503, 1)
  recordRequest(undefined, 404, 1)
  recordTurn('answer')
  recordQueueWait(0)
  recordSearch(0.2)
  recordDatabaseOperation('SELECT sessions', 1.5)
  let readings = 0
  const stops = [
    observeGauge('chatbot_active_sessions', async () => 3),
    observeGauge('chatbot_queue_length', () => {
      readings++
      return 2
    }),
    observeGauge('chatbot_documents', () => 5),
    observeGauge('chatbot_passages', () => 7),
    observeGauge('chatbot_database_waiting_writes', () => 0),
    observeGauge('log_lines_total', () => 0, { stream: 'chatbot' }),
    observeGauge('log_dropped_lines_total', () => 0, { stream: 'terminal' }),
    observeGauge('log_bytes', () => 0, { stream: 'audit' }),
    observeGauge('log_days_until_full', () => 3650),
  ]
  const { about, samples } = parse(await scrape())

  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    t.equal(about[name]?.HELP, metric.help, name)
    t.equal(about[name]?.UNIT, metric.unit)
    t.equal(about[name]?.TYPE, metric.kind.replace('observed-', ''))
    if (metric.unit === 's') t.match(name, /_seconds(_total)?$/, 'a unit stands in the name')
    if (metric.unit === 'By') t.match(name, /_bytes$/)
  }
  const own = Object.keys(about).filter(name => name !== 'target_info')
  t.same(
    own.filter(name => !(name in METRICS)),
    [],
    'nothing is shown that the catalogue does not hold',
  )

  t.equal(samples['chatbot_requests_total{endpoint="/chat",status="success"}'], 1)
  t.equal(samples['chatbot_requests_total{endpoint="/chat",status="client_error"}'], 1)
  t.equal(samples['chatbot_requests_total{endpoint="/chat",status="error"}'], 1)
  t.equal(samples['chatbot_requests_total{endpoint="unmatched",status="client_error"}'], 1)
  t.equal(samples['chatbot_response_time_seconds_count{endpoint="/chat"}'], 3)
  t.equal(samples['chatbot_response_time_seconds_bucket{endpoint="/chat",le="0.01"}'], 2)
  t.equal(samples['chatbot_turns_total{kind="answer"}'], 1)
  t.equal(samples['chatbot_search_duration_seconds_bucket{le="0.00025"}'], 1)
  t.equal(samples['db_client_operation_duration_seconds_bucket{operation="SELECT sessions",le="0.0025"}'], 1)
  t.equal(samples.chatbot_active_sessions, 3)
  t.ok((samples.process_resident_memory_bytes ?? 0) > 1e7)
  t.ok((samples.process_cpu_seconds_total ?? 0) > 0)
  t.ok((samples['process_event_loop_delay_seconds{quantile="0.99"}'] ?? -1) >= 0)

  const stopBroken = observeGauge('chatbot_active_sessions', () => Promise.reject(new Error('the database is gone')))
  t.equal(parse(await scrape()).samples.chatbot_queue_length, 2, 'a reading that fails leaves the others alone')
  stopBroken()
  for (const stop of stops) stop()
  await scrape()
  t.equal(readings, 2, 'what is no longer observed is no longer read')
})

t.test('ever new endpoints cannot fill the memory', async t => {
  for (let i = 0; i < 10_000; i++) recordRequest(`/endpoint-${i}`, 200, 1)
  const series = Object.keys(parse(await scrape()).samples).filter(sample => sample.startsWith('chatbot_requests_total'))
  t.ok(series.length <= 2010, `${series.length} series`)
})
