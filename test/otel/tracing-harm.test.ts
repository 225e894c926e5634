import { DiagLogLevel, diag } from '@opentelemetry/api'
import t from 'tap'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { startRequestSpan } from '../../otel/tracing/request-span.ts'
import { setSpanRules } from '../../otel/tracing/span-rules.ts'
import { traceDatabase, traced } from '../../otel/tracing.ts'
import { startCollector } from '../worlds/collector.ts'
import { until } from '../worlds/until.ts'

const collector = await startCollector(t)
Object.assign(process.env, {
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '10',
})
await startTelemetry()
t.after(() => stopTelemetry(1000))

const warnings: unknown[] = []
const ignore = () => undefined
diag.setLogger(
  { error: ignore, info: ignore, debug: ignore, verbose: ignore, warn: (...words) => void warnings.push(words) },
  { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
)

const refuse = (): never => {
  throw new Error('not describable')
}

t.test('errors in attribute functions do not change a step, and its span ends', async t => {
  const options = { attributes: refuse, outcome: refuse }
  t.equal(traced('harm sync', () => 7, options)(), 7)
  t.equal(await traced('harm async', async () => 8, options)(), 8)
  const operation = { name: 'SELECT harm', text: 'SELECT 1', kind: 'read' } as const
  t.equal(await traced('harm database', () => traceDatabase(operation, async () => 10, refuse))(), 10)
  const names = ['harm sync', 'harm async', 'harm database', 'SELECT harm']
  await until(() => names.every(name => collector.named(name) !== undefined))
  t.ok(warnings.length >= 5, `${warnings.length} warnings`)
})

t.test('an error is rethrown unchanged if the span rules throw', async t => {
  t.teardown(setSpanRules({ isServiceFault: refuse, describeError: refuse }))
  const fail = (): never => {
    throw new TypeError('its own')
  }
  t.throws(traced('harm thrown', fail), { name: 'TypeError', message: 'its own' })
  await t.rejects(traced('harm rejected', async () => fail())(), { name: 'TypeError', message: 'its own' })
  startRequestSpan({ method: 'GET', scheme: 'http', route: '/harm', headers: {} }).end({
    statusCode: 500,
    error: new Error('why'),
  })
  await until(() => ['harm thrown', 'harm rejected', 'GET /harm'].every(name => collector.named(name) !== undefined))
  t.equal(collector.named('GET /harm')?.status.code, 2)
})
