import { ExportResultCode } from '@opentelemetry/core'
import Fastify from 'fastify'
import t from 'tap'
import { trackExports } from '../../../otel/export-state.ts'
import background from '../../../plugins/edge/background.ts'
import telemetryHealth from '../../../plugins/observe/telemetry-health.ts'
import { until } from '../../worlds/until.ts'

t.test('without a configured endpoint, a missing collector is logged once at INFO, and so is its start', async t => {
  const lines: Record<string, unknown>[] = []
  let isAway = true
  let attempts = 0
  const tracker = trackExports('traces', 'http://localhost:4318', {
    isConfigured: false,
    timeoutMs: 60_000,
    sendNothing(done) {
      attempts++
      done(isAway ? { code: ExportResultCode.FAILED, error: new Error('refused') } : { code: ExportResultCode.SUCCESS })
    },
  })
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  app.register(background)
  app.register(telemetryHealth, { config: { logDir: 'logs' }, intervalMs: 5, calmMs: 20 })
  await app.ready()
  t.teardown(() => app.close())
  const logged = () => lines.filter(({ module }) => module === 'telemetry')

  tracker.admit(10)
  tracker.attempt(1, done => done({ code: ExportResultCode.FAILED, error: new Error('refused') }))
  await until(() => attempts >= 10)
  t.match(logged(), [
    {
      level: 30,
      msg: 'No collector found, traces and metrics are not exported',
      destination: 'http://localhost:4318',
      advice: /OTEL_EXPORTER_OTLP_ENDPOINT/,
    },
  ])
  t.match(app.telemetryHealth, {
    ok: true,
    detail: 'traces: not exported, no collector at http://localhost:4318; 1 dropped',
  })

  isAway = false
  await until(() => logged().length > 1)
  t.match(logged()[1], { level: 30, msg: 'Telemetry export started', signal: 'traces', dropped: 1 })
  t.equal(logged().length, 2)
  t.match(app.telemetryHealth, { ok: true, detail: 'traces: none yet for http://localhost:4318' })
})
