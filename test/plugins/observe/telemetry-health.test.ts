import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { startTelemetry, stopTelemetry } from '../../../otel/sdk.ts'
import { traced } from '../../../otel/tracing.ts'
import background from '../../../plugins/edge/background.ts'
import telemetryHealth from '../../../plugins/observe/telemetry-health.ts'
import type { LogState } from '../../../src/logging/writing/log-transport.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { startCollector } from '../../worlds/collector.ts'
import { until } from '../../worlds/until.ts'

type Line = Record<string, unknown>

const collector = await startCollector(t)
Object.assign(process.env, {
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', '//user:secret-word@'),
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '10',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
})
await startTelemetry()
t.after(() => stopTelemetry(1000))

/** A server whose telemetry is checked every few milliseconds, with its log lines by signal. */
async function startWorld(t: Test, logState?: () => LogState, intervalMs = 5) {
  const lines: Line[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  app.register(background)
  app.register(telemetryHealth, { config: { logDir: 'logs' }, logState, intervalMs, stallLimitMs: 600_000, calmMs: 40 })
  await app.ready()
  t.teardown(() => app.close())
  return { app, logged: (signal: string) => lines.filter(line => line.module === 'telemetry' && line.signal === signal) }
}

t.test('the health report shows the state of telemetry, and the server stays ready while telemetry fails', async t => {
  const { app, call } = await buildAppWorld(t)
  while ((await call('GET', '/health/ready')).status !== 200) await setImmediate()
  const { status, body } = await call('GET', '/health/ready')
  t.equal(status, 200)
  t.match(body.checks, {
    log: { ok: true, detail: 'all lines are written' },
    telemetry: { ok: true, detail: /^traces: none yet for http/ },
    database: { ok: true, detail: /^open, write-ahead log \d+ MiB$/ },
    writer: { ok: true, detail: /^running, \d+ writes waiting/ },
  })
  Object.defineProperty(app.telemetryHealth, 'ok', { get: () => false })
  t.match(await call('GET', '/health/ready'), { status: 200, body: { status: 'ready', checks: { telemetry: { ok: false } } } })
})

t.test('a collector that refuses is logged once for each signal, and once more when it accepts again', async t => {
  const { app, logged } = await startWorld(t)
  await until(() => collector.bodies['/v1/metrics'] !== undefined)
  // On a slow machine an export of metrics may outlast its interval, which counts as a failure.
  await until(() => app.telemetryHealth.ok)
  t.match(app.telemetryHealth.detail, /^traces: none yet for http:\/\/127[\d.:]+; metrics: (none yet for|exported to) http/)
  const metricsBefore = logged('metrics').length

  collector.answerBy(reply => void reply.writeHead(400).end('{}'))
  traced('lost', () => undefined)()
  await until(() => logged('traces').length > 0 && logged('metrics').length > metricsBefore)
  t.equal(app.telemetryHealth.ok, false)
  t.match(app.telemetryHealth.detail, /^traces: export to http:\/\/127[\d.:]+ failing for \d+ s \(400 Bad Request\); 1 dropped/)
  collector.answerBy(undefined)
  await until(() => logged('traces').length > 1 && app.telemetryHealth.ok)

  t.match(logged('traces'), [
    {
      level: 40,
      msg: 'Telemetry export is failing; requests are not affected',
      function: 'watch',
      destination: collector.url,
      reason: 'failed',
      failure: '400 Bad Request',
      dropped: 1,
    },
    { level: 30, msg: 'Telemetry export resumed', dropped: 1, failing_ms: Number },
  ])
  t.same(
    logged('metrics').map(({ level }) => level),
    logged('metrics').map((_, i) => (i % 2 === 0 ? 40 : 30)),
    'failure and recovery alternate',
  )
  t.notMatch(JSON.stringify([logged('traces'), logged('metrics')]), /secret-word/)
})

t.test('the health report shows lines written since the last check', async t => {
  let written = 0
  const logState = () =>
    ({
      failure: undefined,
      written: { chatbot: written },
      dropped: { chatbot: 0 },
      waiting: 0,
      closed: false,
    }) as unknown as LogState
  const { app } = await startWorld(t, logState, 3_600_000)
  t.match(app.telemetryHealth.detail, /logs: none yet for logs$/)
  written = 3
  t.match(app.telemetryHealth.detail, /logs: exported to logs$/)
})

t.test('a log whose files fail is logged, with its losses', async t => {
  let failure: string | undefined
  let lost = 0
  const logState = () =>
    ({ failure, written: { chatbot: 3 }, dropped: { chatbot: lost }, waiting: 0, closed: false }) as unknown as LogState
  const { app, logged } = await startWorld(t, logState)
  failure = 'the disk is full'
  lost = 8
  await until(() => logged('logs').length === 1)
  t.match(app.telemetryHealth, { ok: false, detail: /logs: export to logs failing for \d+ s \(the disk is full\); 8 dropped$/ })
  failure = undefined
  await until(() => logged('logs').length === 2)
  t.match(logged('logs')[1], { level: 30, dropped: 8 })
})
