import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { type Client, createClient, scrape } from './world/client.ts'
import { startLoad, textOf } from './world/load.ts'
import { BACKENDS, type Stack, startStack, untilReady } from './world/stack.ts'
import { describeLine, describeRecord, readLogFiles, subtract } from './world/telemetry/log-files.ts'
import { openReceived } from './world/telemetry/received.ts'
import { until } from './world/waiting.ts'

const OUTAGE_MS = 15_000
/**
 * The default queue (OTEL_BSP_MAX_QUEUE_SIZE) of spans of about 5 KB takes 10 MB; the rest is
 * garbage.
 */
const MAX_WAITING_SPANS = 2048
const MAX_GROWTH_BYTES = 150 * 1024 * 1024

t.test('no request fails and no log line is lost if the collector is killed under load', async t => {
  const stack = await startStack(t)
  const received = openReceived()
  const client = createClient()
  const load = await startLoad(client)
  await until('the load has started', () => load.sent() > 200)

  const before = { rssBytes: readRssBytes(stack), sent: load.sent() }
  await stack.container('collector').stop('SIGKILL')
  const peak = await watch(stack, OUTAGE_MS)
  await until('the server has logged the failure', () => linesOfTraces('WARNING').length > 0)
  const readiness = await client.send('GET', '/health/ready')
  await stack.container('collector').start()
  await untilReady(stack.container('collector'))
  const during = load.sent() - before.sent
  const sentBefore = load.sent()
  await until('the load continues', () => load.sent() > sentBefore + 200)
  const failures = await load.stop()

  t.same(failures, [], `all of ${load.sent()} requests were answered, ${during} of them without collector`)
  t.equal(readiness.status, 200, 'the server stays ready')
  t.match(readiness.body.checks.telemetry, { ok: false, detail: /traces: export to .*collector:4318 failing for/ })
  t.ok(peak.waitingSpans <= MAX_WAITING_SPANS, `${peak.waitingSpans} spans waited at most`)
  t.ok(
    peak.rssBytes < before.rssBytes + MAX_GROWTH_BYTES,
    `memory: ${toMib(before.rssBytes)}, at most ${toMib(peak.rssBytes)} MiB`,
  )
  await until('the server has logged the recovery', () => linesOfTraces('INFO').length > 0)
  t.equal(linesOfTraces('WARNING').length, 1, 'the failure is logged once')
  t.equal(linesOfTraces('INFO').length, 1, 'the recovery is logged once')

  const missing = () => subtract(readLogFiles().map(describeLine), received.logs().map(describeRecord))
  await until('every line has arrived', () => missing().length === 0).catch(() => undefined)
  t.same(missing().slice(0, 3), [], `each of ${readLogFiles().length} lines has arrived`)
  t.comment(`${received.logs().length - readLogFiles().length} lines arrived more than once`)
  const texts = new Set(received.logs().map(({ attributes }) => attributes.message_text))
  const lost = Array.from({ length: load.sent() }, (_, number) => textOf(number)).filter(text => !texts.has(text))
  t.same(lost, [], 'no message is missing')
})

t.test('the server counts exactly the spans lost in an outage', async t => {
  const stack = await startStack(t)
  const received = openReceived()
  const client = createClient()
  const spanIds = () => new Set(received.spans().map(({ spanId }) => spanId))
  await sayOften(client, 20)
  await untilSent()
  const count = async (what: string) => (await scrape()).get(`telemetry_${what}_total{signal="traces"}`) ?? 0
  const before = { exported: await count('exported'), dropped: await count('dropped') }
  await until('all exported spans have arrived', () => spanIds().size === before.exported)
  t.equal(before.dropped, 0)

  await stack.container('collector').stop('SIGKILL')
  await sayOften(client, 400)
  await stack.container('collector').start()
  await untilReady(stack.container('collector'))
  await untilSent()
  const last = await client.say('hello')
  await untilSent()
  await until('the last trace has arrived', () => received.spans().some(({ traceId }) => traceId === last.traceId))

  const after = { exported: await count('exported'), dropped: await count('dropped') }
  await until('all exported spans have arrived', () => spanIds().size >= after.exported).catch(() => undefined)
  t.equal(spanIds().size, after.exported, 'every span counted as exported has arrived')
  t.ok(after.dropped > 0, `${after.dropped} were dropped`)
  const perTurn = spansOf(client.turns[0]?.traceId)
  t.ok(perTurn > 5)
  t.equal(after.exported + after.dropped, perTurn * client.turns.length, 'the others are counted as dropped')

  function spansOf(traceId: string | undefined): number {
    return received.spans().filter(span => span.traceId === traceId).length
  }
})

t.test('after an outage, the backends receive all lines and spans from the queues of the collector', async t => {
  const stack = await startStack(t)
  const received = openReceived()
  const client = createClient()
  await sayOften(client, 10)
  for (const name of BACKENDS) await stack.container(name).stop()
  await sayOften(client, 100)
  await untilSent()
  for (const name of ['otlp_grpc/jaeger', 'otlp_http/loki']) await until(`${name} retries`, () => isRetrying(stack, name))
  for (const name of BACKENDS) stack.container(name).start()
  await sayOften(client, 10)
  await untilSent()

  const exported = (await scrape()).get('telemetry_exported_total{signal="traces"}') ?? 0
  const spanIds = () => new Set(received.spans().map(({ spanId }) => spanId))
  await until('every span has arrived', () => spanIds().size >= exported).catch(() => undefined)
  t.equal(spanIds().size, exported, 'every exported span has arrived')
  const missing = () => subtract(readLogFiles().map(describeLine), received.logs().map(describeRecord))
  await until('every line has arrived', () => missing().length === 0).catch(() => undefined)
  t.same(missing().slice(0, 3), [], `each of ${readLogFiles().length} lines has arrived`)
  t.comment(
    `${received.logs().length - readLogFiles().length} lines and ${received.spans().length - exported} spans arrived more than once`,
  )
})

/** Sends messages without session, whose traces are identical. */
async function sayOften(client: Client, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) await client.say('hello')
}

async function untilSent(): Promise<void> {
  await until('no span waits', async () => {
    const metrics = await scrape()
    return (
      metrics.get('telemetry_queue_length{signal="traces"}') === 0 &&
      metrics.get('telemetry_last_success_age_seconds{signal="traces"}') === 0
    )
  })
}

/** Samples memory and queue of the server. */
async function watch(stack: Stack, durationMs: number): Promise<{ readonly rssBytes: number; readonly waitingSpans: number }> {
  const peak = { rssBytes: 0, waitingSpans: 0 }
  for (const end = performance.now() + durationMs; performance.now() < end; await delay(500)) {
    peak.rssBytes = Math.max(peak.rssBytes, readRssBytes(stack))
    peak.waitingSpans = Math.max(peak.waitingSpans, (await scrape()).get('telemetry_queue_length{signal="traces"}') ?? 0)
  }
  return peak
}

function readRssBytes(stack: Stack): number {
  const status = readFileSync(`/proc/${stack.container('pellucid').pid()}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}

/** Whether an exporter of the collector has failed and retries. */
function isRetrying(stack: Stack, exporter: string): boolean {
  const lines = stack.container('collector').output().split('\n')
  return lines.some(line => line.includes('Exporting failed') && line.includes(exporter))
}

/** Returns the server's log lines about the export of traces, by level. */
function linesOfTraces(level: string): readonly unknown[] {
  return readLogFiles().filter(line => line.module === 'telemetry' && line.signal === 'traces' && line.level === level)
}

function toMib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
