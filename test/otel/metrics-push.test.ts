import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { METRICS } from '../../otel/metrics.ts'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { buildAppWorld, TEA } from '../worlds/app-world.ts'
import { until } from '../worlds/until.ts'
import { type Exposition, metricOf, scrape } from './exposition.ts'

interface Point {
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly timeUnixNano: string
  readonly asDouble?: number
  readonly asInt?: number
  readonly count?: number
  readonly sum?: number
  readonly bucketCounts?: readonly number[]
  readonly explicitBounds?: readonly number[]
}

interface PushedMetric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly sum?: { readonly dataPoints: readonly Point[]; readonly isMonotonic: boolean; readonly aggregationTemporality: number }
  readonly gauge?: { readonly dataPoints: readonly Point[] }
  readonly histogram?: { readonly dataPoints: readonly Point[]; readonly aggregationTemporality: number }
}

/** Gauges that change at any time. All others are constant while nothing happens. */
const MOVING =
  /^(process_(?!start|.*limit|available)|disk_free|log_|telemetry_|chatbot_database_w|chatbot_judged|db_client_connection)/
/** Metrics without a value in this test: cached before the first judgement, or never recorded. */
const MAY_BE_ABSENT =
  /^(chatbot_database_problems|chatbot_accuracy_ratio|alert.*|notifications_waiting|monitoring_.*|telemetry_.*)$/
const CUMULATIVE = 2

/** Receives OTLP and keeps the metrics of each push. */
async function startReceiver(t: Test) {
  const pushes: (readonly PushedMetric[])[] = []
  const server = createServer(async (request, reply) => {
    const { resourceMetrics } = (await json(request)) as {
      resourceMetrics?: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly PushedMetric[] }[] }[]
    }
    reply.setHeader('content-type', 'application/json').end('{}')
    if (resourceMetrics === undefined) return
    pushes.push(resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)))
    server.emit('push')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  /** Resolves to the first push collected after this call. */
  async function nextPush(): Promise<readonly PushedMetric[]> {
    const since = Date.now()
    for (;;) {
      await once(server, 'push')
      const push = pushes.at(-1) ?? []
      if (push.every(metric => pointsOf(metric).every(({ timeUnixNano }) => Number(timeUnixNano) / 1e6 > since))) return push
    }
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, nextPush }
}

function pointsOf({ sum, gauge, histogram }: PushedMetric): readonly Point[] {
  return (sum ?? gauge ?? histogram)?.dataPoints ?? []
}

/** Name of a sample with sorted labels, for comparison. */
function keyOf(name: string, labels: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(String(value))}`)
  return pairs.length === 0 ? name : `${name}{${pairs.sort().join(',')}}`
}

/** Converts a push to the samples of a scrape. */
function samplesOf(push: readonly PushedMetric[]): Map<string, number> {
  const samples = new Map<string, number>()
  for (const metric of push) {
    for (const point of pointsOf(metric)) {
      const labels = Object.fromEntries((point.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]))
      if (metric.histogram === undefined) {
        samples.set(keyOf(metric.name, labels), Number(point.asDouble ?? point.asInt))
        continue
      }
      let count = 0
      point.bucketCounts?.forEach((bucket, i) => {
        count += Number(bucket)
        samples.set(keyOf(`${metric.name}_bucket`, { ...labels, le: point.explicitBounds?.[i] ?? '+Inf' }), count)
      })
      samples.set(keyOf(`${metric.name}_count`, labels), Number(point.count))
      samples.set(keyOf(`${metric.name}_sum`, labels), Number(point.sum))
    }
  }
  return samples
}

function scrapedSamples({ samples }: Exposition): Map<string, number> {
  return new Map(
    Object.entries(samples)
      .filter(([sample]) => !sample.startsWith('target_info'))
      .map(([sample, value]) => {
        const labels = [...sample.matchAll(/[{,](\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text])
        return [keyOf(sample.replace(/\{.*$/, ''), Object.fromEntries(labels)), value]
      }),
  )
}

/** Rounds sums, whose last digits depend on order. */
const ROUNDING = 1e-9

t.test('pushed metrics equal /metrics in names, labels and values', async t => {
  const receiver = await startReceiver(t)
  Object.assign(process.env, {
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRIC_EXPORT_INTERVAL: '500',
  })
  await startTelemetry()
  t.teardown(() => stopTelemetry(1000))
  const { call, chat } = await buildAppWorld(t)
  await call('PUT', '/documents/tea', TEA)
  const { session_id, turn_id } = (await chat('how is green tea brewed?')).body
  for (const message of [
    'xylophone quasar zugzwang?',
    'hello',
    '/help',
    '/nonsense',
    '/feedback bad',
    'how is black tea brewed?',
  ])
    await chat(message, { session_id })
  await call('POST', `/turns/${turn_id}/feedback`, { correct: true })
  await call('GET', '/cause-error')
  await call('GET', '/nowhere')
  await call('DELETE', `/sessions/${session_id}`)
  const other = createServer((_request, reply) => reply.end('ok')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  await (await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)).text()
  other.close()
  // The background erases the log of the deleted session. Its series are new, once.
  await until(async () => [...scrapedSamples(await scrape()).keys()].some(key => key.includes('DELETE log_erasures')))

  const before = await scrape()
  const push = await receiver.nextPush()
  const after = await scrape()

  const { about } = after
  const pushed = push.map(({ name }) => name)
  t.same(
    pushed.toSorted(),
    Object.keys(about)
      .filter(name => name !== 'target_info')
      .sort(),
    'the same names',
  )
  t.same(
    Object.keys(METRICS).filter(name => !pushed.includes(name) && !MAY_BE_ABSENT.test(name)),
    [],
    'all metrics of the catalogue',
  )
  for (const { name, unit, description, sum, histogram } of push) {
    const { TYPE, UNIT, HELP } = about[name] ?? {}
    t.same([UNIT, HELP], [unit, description], name)
    t.equal(TYPE, histogram !== undefined ? 'histogram' : sum?.isMonotonic ? 'counter' : 'gauge')
    t.equal((sum ?? histogram)?.aggregationTemporality ?? CUMULATIVE, CUMULATIVE)
  }

  const [first, between, last] = [scrapedSamples(before), samplesOf(push), scrapedSamples(after)]
  t.same([...between.keys()].sort(), [...last.keys()].sort(), 'the same series')
  for (const [key, value] of between) {
    const [low, high] = [first.get(key) ?? 0, last.get(key) ?? 0]
    const name = metricOf(key, after)
    if (about[name]?.TYPE !== 'gauge')
      t.ok(low - ROUNDING <= value && value <= high + ROUNDING, `${key}: ${low} ≤ ${value} ≤ ${high}`)
    else if (!MOVING.test(name) && !MAY_BE_ABSENT.test(name)) t.equal(value, high, key)
    else t.ok(Number.isFinite(value), key)
  }
  const standing = [...between.keys()].filter(key => /^chatbot_/.test(key) && first.get(key) === last.get(key))
  t.ok(standing.length > 300, `${standing.length} of them did not change, and are equal`)
})
