import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { type Client, createClient, scrape } from './world/client.ts'
import { startLoad, textOf } from './world/load.ts'
import { describeLine, describeRecord, readLogFiles, subtract } from './world/log-files.ts'
import { openReceived } from './world/received.ts'
import { BACKENDS, type Stack, startStack, untilReady } from './world/stack.ts'
import { until } from './world/waiting.ts'

const OUTAGE_MS = 15_000
/** As many spans as may wait by default (OTEL_BSP_MAX_QUEUE_SIZE), of some 5 KB each, are 10 MB; the rest is what garbage collection leaves. */
const MAX_WAITING_SPANS = 2048
const MAX_GROWTH_BYTES = 150 * 1024 * 1024

t.test('a collector that is killed under load costs no request and no line of the log', async t => {
  const stack = await startStack(t)
  const received = openReceived()
  const client = createClient()
  const load = await startLoad(client)
  await until('the load is there', () => load.sent() > 200)

  const before = { rssBytes: readRssBytes(stack), sent: load.sent() }
  await stack.container('collector').stop('SIGKILL')
  const peak = await watch(stack, OUTAGE_MS)
  await until('the server has said so', () => tellings('WARNING').length > 0)
  const readiness = await client.send('GET', '/health/ready')
  await stack.container('collector').start()
  await untilReady(stack.container('collector'))
  const during = load.sent() - before.sent
  const sentBefore = load.sent()
  await until('the load goes on', () => load.sent() > sentBefore + 200)
  const failures = await load.stop()

  t.same(failures, [], `all of ${load.sent()} requests were answered, ${during} of them without a collector`)
  t.equal(readiness.status, 200, 'the server is ready all the while')
  t.match(readiness.body.checks.telemetry, { ok: false, detail: /traces: export to .*collector:4318 failing for/ })
  t.ok(peak.waitingSpans <= MAX_WAITING_SPANS, `${peak.waitingSpans} spans waited at most`)
  t.ok(
    peak.rssBytes < before.rssBytes + MAX_GROWTH_BYTES,
    `memory: ${toMib(before.rssBytes)}, at most ${toMib(peak.rssBytes)} MiB`,
  )
  await until('the server has said that it is over', () => tellings('INFO').length > 0)
  t.equal(tellings('WARNING').length, 1, 'it was said once that traces do not leave')
  t.equal(tellings('INFO').length, 1, 'and once that they do again')

  const missing = () => subtract(readLogFiles().map(describeLine), received.logs().map(describeRecord))
  await until('every line has arrived', () => missing().length === 0).catch(() => undefined)
  t.same(missing().slice(0, 3), [], `each of ${readLogFiles().length} lines has arrived`)
  t.comment(`${received.logs().length - readLogFiles().length} lines arrived more than once`)
  const texts = new Set(received.logs().map(({ attributes }) => attributes.message_text))
  const lost = Array.from({ length: load.sent() }, (_, number) => textOf(number)).filter(text => !texts.has(text))
  t.same(lost, [], 'and every number is among them')
})

t.test('what is lost of traces in an outage is what the server says is lost', async t => {
  const stack = await startStack(t)
  const received = openReceived()
  const client = createClient()
  const spanIds = () => new Set(received.spans().map(({ spanId }) => spanId))
  await sayOften(client, 20)
  await untilSent()
  const count = async (what: string) => (await scrape()).get(`telemetry_${what}_total{signal="traces"}`) ?? 0
  const before = { exported: await count('exported'), dropped: await count('dropped') }
  await until('all that was sent is there', () => spanIds().size === before.exported)
  t.equal(before.dropped, 0)

  await stack.container('collector').stop('SIGKILL')
  await sayOften(client, 400)
  await stack.container('collector').start()
  await untilReady(stack.container('collector'))
  await untilSent()
  const last = await client.say('hello')
  await untilSent()
  await until('the last trace is there', () => received.spans().some(({ traceId }) => traceId === last.traceId))

  const after = { exported: await count('exported'), dropped: await count('dropped') }
  await until('all that was sent is there', () => spanIds().size >= after.exported).catch(() => undefined)
  t.equal(spanIds().size, after.exported, 'what it says was sent has arrived')
  t.ok(after.dropped > 0, `${after.dropped} were lost`)
  const perTurn = spansOf(client.turns[0]?.traceId)
  t.ok(perTurn > 5)
  t.equal(
    after.exported + after.dropped,
    perTurn * client.turns.length,
    'and the rest of what there was is what it counts as lost',
  )

  function spansOf(traceId: string | undefined): number {
    return received.spans().filter(span => span.traceId === traceId).length
  }
})

t.test('backends that are away for a while miss no line and no span: the collector keeps both', async t => {
  const stack = await startStack(t)
  const received = openReceived()
  const client = createClient()
  await sayOften(client, 10)
  for (const name of BACKENDS) await stack.container(name).stop()
  await sayOften(client, 100)
  await untilSent()
  for (const name of ['otlp_grpc/jaeger', 'otlp_http/loki']) await until(`${name} tries again`, () => isRetrying(stack, name))
  for (const name of BACKENDS) stack.container(name).start()
  await sayOften(client, 10)
  await untilSent()

  const exported = (await scrape()).get('telemetry_exported_total{signal="traces"}') ?? 0
  const spanIds = () => new Set(received.spans().map(({ spanId }) => spanId))
  await until('every span is there', () => spanIds().size >= exported).catch(() => undefined)
  t.equal(spanIds().size, exported, 'each span that was sent has arrived')
  const missing = () => subtract(readLogFiles().map(describeLine), received.logs().map(describeRecord))
  await until('every line is there', () => missing().length === 0).catch(() => undefined)
  t.same(missing().slice(0, 3), [], `each of ${readLogFiles().length} lines has arrived`)
  t.comment(
    `${received.logs().length - readLogFiles().length} lines and ${received.spans().length - exported} spans arrived more than once`,
  )
})

/** Messages without a session, whose traces are all alike. */
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

/** Looks for a while at what the server holds. */
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

/** Whether an exporter of the collector has failed to pass something on. */
function isRetrying(stack: Stack, exporter: string): boolean {
  const lines = stack.container('collector').output().split('\n')
  return lines.some(line => line.includes('Exporting failed') && line.includes(exporter))
}

/** What the server's log says of its traces at a level. */
function tellings(level: string): readonly unknown[] {
  return readLogFiles().filter(line => line.module === 'telemetry' && line.signal === 'traces' && line.level === level)
}

function toMib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
