import t from 'tap'
import { startCollector } from '../../worlds/collector.ts'
import { say, startServer } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { arrivedAt, readCounter, untilCounted } from './arrived.ts'
import { type Ingestion, startIngestion } from './ingestion.ts'

const DROPPED = 'telemetry_dropped_total'
const OUTAGES: readonly Ingestion['behaviour'][] = [
  { kind: 'cut' },
  { kind: 'refuse', status: 500 },
  { kind: 'refuse', status: 429, headers: { 'retry-after': '5' } },
]

t.test('during outages of Azure requests are answered, losses are counted, and telemetry arrives again afterwards', async t => {
  const ingestion = await startIngestion(t)
  const collector = await startCollector(t)
  const server = await startServer(t, {
    ...ingestion.environment,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_EXPORT_TIMEOUT: '30000',
  })
  const ask = async () => t.equal((await say(server.address, 'How do I configure logging?')).status, 200)
  const read = (signal: string) => readCounter(server.address, DROPPED, signal)

  await ask()
  await until(() => arrivedAt(ingestion).requests.length === 1)
  t.same([await read('traces'), await read('logs'), await read('metrics')], [0, 0, 0])
  for (const behaviour of OUTAGES) {
    const before = { traces: await read('traces'), logs: await read('logs'), metrics: await read('metrics') }
    ingestion.behaviour = behaviour
    await ask()
    for (const [signal, count] of Object.entries(before)) await untilCounted(server.address, DROPPED, signal, count)
    const arrived = arrivedAt(ingestion).requests.length
    ingestion.behaviour = { kind: 'accept' }
    // Azure asked to wait, so a turn may be lost after it has recovered.
    await until(async () => {
      await ask()
      return arrivedAt(ingestion).requests.length > arrived
    })
  }
  await until(() => server.logLines().some(({ msg, signal }) => msg === 'Telemetry export resumed' && signal === 'traces'))
  const lost = { traces: await read('traces'), logs: await read('logs') }
  t.equal(await server.stop(), 0)

  const { requests, dependencies, lines } = arrivedAt(ingestion)
  t.equal(requests.length + dependencies.length + lost.traces, collector.spans.length, 'each span has arrived or is counted')
  t.equal(lines.length + lost.logs, server.logLines().length, 'each log line has arrived or is counted')
  const failing = server.logLines().filter(({ msg }) => msg === 'Telemetry export is failing; requests are not affected')
  const resumed = server.logLines().filter(({ msg }) => msg === 'Telemetry export resumed')
  t.same([...new Set(failing.map(({ destination }) => destination))], ['https://westeurope-5.in.applicationinsights.azure.com'])
  for (const signal of ['traces', 'logs', 'metrics']) {
    const begun = failing.filter(line => line.signal === signal).length
    const ended = resumed.filter(line => line.signal === signal).length
    t.ok(begun >= 1 && begun <= OUTAGES.length, `${signal}: ${begun} episodes of at most ${OUTAGES.length} are logged`)
    t.ok(begun - ended <= 1, `${signal}: ${ended} ends are logged`)
  }
  t.notMatch(server.output(), /11111111-2222/, 'the key is not in the log')
})

t.test('a server whose Azure does not answer stops within its limit, and says what it did not send', async t => {
  const limitMs = 4000
  const ingestion = await startIngestion(t)
  ingestion.behaviour = { kind: 'hang' }
  const server = await startServer(t, { ...ingestion.environment, SHUTDOWN_TIMEOUT_MS: String(limitMs) })
  t.equal((await say(server.address, 'How do I configure logging?')).status, 200)
  const started = performance.now()
  t.equal(await server.stop(), 0, 'a stop in time exits with 0')
  t.ok(performance.now() - started < limitMs)
  t.match(server.output(), /Azure Monitor at \S+ did not take \d+ items of telemetry before the stop/)
})
