import t from 'tap'
import { createClient } from './world/client.ts'
import { startStack } from './world/stack.ts'
import { openReceived } from './world/telemetry/received.ts'
import { driveTraffic } from './world/traffic.ts'
import { until } from './world/waiting.ts'

const KEPT_PERCENT = 10
const ORDINARY_TURNS = 200
/**
 * 10 % of 200 turns are 20, with a standard deviation of 4.2. Six deviations are exceeded less than
 * once in 100 million runs.
 */
const KEPT_AT_MOST = 20 + 6 * 4.3

t.test('sampling keeps every failure, every slow turn, and the configured share of the rest', async t => {
  await startStack(t, { variables: { DIAGNOSTIC_ROUTES: 'true', TRACES_KEEP_PERCENT: String(KEPT_PERCENT) } })
  const received = openReceived()
  const client = createClient()
  const ordinary: string[] = []
  for (let turn = 0; turn < ORDINARY_TURNS; turn++) ordinary.push((await client.say('hello')).traceId)
  const { failures, slow } = await driveTraffic(client)
  const kept = () => new Set(received.spans().map(({ traceId }) => traceId))
  const wanted = [slow, ...failures].map(({ traceId }) => traceId)
  await until('all that must be kept is there', () => wanted.every(traceId => kept().has(traceId)))
  t.ok(
    received.spans().find(span => span.traceId === slow.traceId && span.name === 'POST /chat'),
    'the slow trace is complete',
  )
  // Read from the collector, which flushes span metrics every 15 s.
  const counted = async () => {
    const page = await (await fetch('http://collector:8889/metrics')).text()
    const lines = page.split('\n').filter(line => /^traces_span_metrics_calls_total\{.*span_name="POST \/chat"/.test(line))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
  await until("the spans' metrics have counted all turns", async () => (await counted()) >= client.turns.length)
  t.equal(await counted(), client.turns.length, 'including dropped traces')
  const share = ordinary.filter(traceId => kept().has(traceId)).length
  t.ok(share > 0 && share < KEPT_AT_MOST, `${share} of ${ORDINARY_TURNS} ordinary turns are there`)
})
