import { METHODS, request } from 'node:http'
import t from 'tap'
import { METRICS, type Metric, type MetricName, maxSeriesOf } from '../../otel/metrics.ts'
import {
  recordAnswer,
  recordCommand,
  recordDatabaseOperation,
  recordFeedback,
  recordRequest,
  recordSearch,
  recordSessionClosed,
} from '../../otel/recording.ts'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { buildAppWorld } from '../worlds/app-world.ts'
import { type Exposition, metricOf, scrape } from './exposition.ts'

/** Limit stated below the table in docs/metrics.md. */
const MAX_METRICS_BYTES = 512 * 1024

Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })
await startTelemetry()
t.after(() => stopTelemetry(1000))

/** Number of series by metric. A histogram counts once. */
function seriesOf(exposition: Exposition): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>()
  for (const sample of Object.keys(exposition.samples)) {
    const name = metricOf(sample, exposition)
    const labels = (/\{(.*)\}$/.exec(sample)?.[1] ?? '').replace(/,?le="[^"]*"/, '')
    series.set(name, (series.get(name) ?? new Set()).add(labels))
  }
  series.delete('target_info')
  return series
}

t.test('hundreds of distinct requests create no more series than a few', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
  const send = (method: string, path: string) =>
    new Promise<void>((resolve, reject) => {
      request({ port, host: '127.0.0.1', method, path, agent: false }, reply => reply.resume().on('end', resolve))
        .on('error', reject)
        .end()
    })

  async function sendAll(from: number, to: number): Promise<void> {
    for (let i = from; i < to; i++) {
      await call('GET', `/path-${i}/${Math.random()}?query=${i}`)
      await call('GET', `/sessions/session-${i}`)
      await call('GET', `/turns/turn-${i}`)
      await call('POST', `/turns/turn-${i}/feedback`, { correct: i % 2 === 0, comment: `because ${i}` })
      await call('PUT', `/documents/document-${i}`, { text: `# Title ${i}`, format: 'nonsense' })
      await call('POST', '/chat', { message: 'hello', [`field-${i}`]: i })
      await chat(`/command-${i} with arguments ${i}`, { user_id: `user-${i}` })
      await chat(`what is the meaning of ${i}?`, { user_id: `user-${i}` })
    }
  }

  const unusual = METHODS.filter(method => !/^(CONNECT|GET|HEAD)$/.test(method))
  await sendAll(0, 10)
  for (const method of unusual) await send(method, '/chat')
  const few = seriesOf(await scrape())
  await sendAll(10, 60)
  for (const method of unusual) await send(method, `/path-of-${method}`)
  const exposition = await scrape()
  const many = seriesOf(exposition)
  for (const [name, series] of many) t.same([...series].sort(), [...(few.get(name) ?? [])].sort(), name)
  t.equal(many.size, few.size)
  t.ok(exposition.bytes < MAX_METRICS_BYTES, `${exposition.bytes} bytes`)
})

t.test('a million distinct users, paths, names and errors stay within the limits of the catalogue', async t => {
  const kinds = ['get', 'put', 'drop'] as const
  for (let i = 0; i < 1_000_000; i++) {
    recordRequest(`/path-${i}`, 200 + (i % 400), i % 100, `CODE_${i}`)
    recordCommand(`command-${i}`, 'success', i % 100)
    recordDatabaseOperation(`${kinds[i % 3]} table-${i}`, i % 100)
    if (i % 10 !== 0) continue
    recordFeedback(i % 20 === 0)
    recordAnswer(i % 30 === 0, (i % 1000) / 1000)
    recordSearch(i % 1000, i % 20)
    recordSessionClosed('expired', i * 1000, i)
    // The SDK restarts its limit at each collection.
    if (i % 100_000 === 0) await scrape()
  }
  const exposition = await scrape()
  const series = seriesOf(exposition)
  let total = 0
  let allowed = 0
  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    const count = series.get(name)?.size ?? 0
    const limit = maxSeriesOf(metric)
    t.ok(count <= limit, `${name}: ${count} of ${limit}`)
    total += count
    allowed += limit
  }
  t.ok(exposition.bytes < MAX_METRICS_BYTES, `${total} of ${allowed} series in ${exposition.bytes} bytes`)
  t.comment(`${total} of ${allowed} series in ${exposition.bytes} bytes`)
  const { samples } = exposition
  const sum = (name: MetricName, part = '') =>
    Object.entries(samples)
      .filter(([sample]) => sample.startsWith(`${name}${part}{`))
      .reduce((total, [, value]) => total + value, 0)
  t.ok(sum('chatbot_requests_total') >= 1_000_000, 'all are counted')
  t.ok(sum('chatbot_request_errors_total') >= 1_000_000)
  t.ok(sum('db_client_operation_duration_seconds', '_count') >= 1_000_000)
  t.ok((samples['chatbot_requests_total{endpoint="other",status="success"}'] ?? 0) > 0, 'values beyond the limit are other')
})
