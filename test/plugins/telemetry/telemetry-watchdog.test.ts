import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { startTelemetry, stopTelemetry } from '../../../otel/sdk.ts'
import { traced } from '../../../otel/tracing.ts'
import background from '../../../plugins/background.ts'
import telemetry from '../../../plugins/telemetry/telemetry.ts'
import telemetryWatchdog from '../../../plugins/telemetry/telemetry-watchdog.ts'
import type { LogState } from '../../../src/logging/writing/log-transport.ts'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { startCollector } from '../../worlds/collector.ts'
import { until } from '../../worlds/log-process.ts'

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

/** A server that is watched every few milliseconds, and what it logged. */
async function startWorld(t: Test, logState?: () => LogState) {
  const lines: Line[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  app.register(telemetry)
  app.register(background)
  app.register(telemetryWatchdog, { config: { logDir: 'logs' }, logState, intervalMs: 5, stallLimitMs: 1000, calmMs: 40 })
  await app.ready()
  t.teardown(() => app.close())
  return { app, told: (signal: string) => lines.filter(line => line.module === 'telemetry' && line.signal === signal) }
}

t.test('health shows what does not leave, and the server is ready all the same', async t => {
  const { app, call } = await buildAppWorld(t)
  while ((await call('GET', '/health/ready')).status !== 200) await setImmediate()
  const { status, body } = await call('GET', '/health/ready')
  t.equal(status, 200)
  t.match(body.checks, {
    log: { ok: true, detail: 'every line is written' },
    telemetry: { ok: true, detail: /^traces: nothing has left yet for http/ },
    database: { ok: true, detail: /^open, \d+ MiB of writes to be merged$/ },
    writer: { ok: true, detail: /^running, \d+ writes wait/ },
  })
  Object.defineProperty(app.telemetryWatchdog, 'ok', { get: () => false })
  t.match(await call('GET', '/health/ready'), { status: 200, body: { status: 'ready', checks: { telemetry: { ok: false } } } })
})

t.test('a collector that refuses is told once for each signal, and once more when it takes again', async t => {
  const { app, told } = await startWorld(t)
  await until(() => collector.bodies['/v1/metrics'] !== undefined)
  t.match(app.telemetryWatchdog, {
    ok: true,
    detail: /^traces: nothing has left yet for http:\/\/127[\d.:]+; metrics(: nothing has left yet| leave) for/,
  })

  collector.answerBy(reply => void reply.writeHead(400).end('{}'))
  traced('lost', () => undefined)()
  await until(() => told('traces').length > 0 && told('metrics').length > 0)
  t.equal(app.telemetryWatchdog.ok, false)
  t.match(
    app.telemetryWatchdog.detail,
    /^traces have not left for http:\/\/127[\d.:]+ as they should for \d+ s: 400 Bad Request; 1 lost/,
  )
  collector.answerBy(undefined)
  await until(() => told('traces').length > 1 && told('metrics').length > 1)
  t.equal(app.telemetryWatchdog.ok, true, 'though nobody has asked for anything since')

  t.match(told('traces'), [
    {
      level: 40,
      msg: 'Telemetry does not leave as it should; the service goes on',
      function: 'watch',
      destination: collector.url,
      reason: 'failed',
      failure: '400 Bad Request',
      dropped: 1,
    },
    { level: 30, msg: 'Telemetry leaves again', dropped: 1, stopped_s: Number },
  ])
  t.equal(told('metrics').length, 2)
  t.notMatch(JSON.stringify([told('traces'), told('metrics')]), /secret-word/)
})

t.test('a log whose files fail is told, too', async t => {
  let failure: string | undefined
  let lost = 0
  const logState = () =>
    ({ failure, written: { chatbot: 3 }, lost: { chatbot: lost }, waiting: 0, closed: false }) as unknown as LogState
  const { app, told } = await startWorld(t, logState)
  t.match(app.telemetryWatchdog.detail, /logs leave for logs$/)
  failure = 'the disk is full'
  lost = 8
  await until(() => told('logs').length === 1)
  t.match(app.telemetryWatchdog, { ok: false, detail: /logs have not left .*: the disk is full; 8 lost$/ })
  failure = undefined
  await until(() => told('logs').length === 2)
  t.match(told('logs')[1], { level: 30, dropped: 8 })
})
