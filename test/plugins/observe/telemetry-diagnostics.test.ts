import { diag } from '@opentelemetry/api'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { collectDiagnostics } from '../../../otel/diagnostics.ts'
import background from '../../../plugins/edge/background.ts'
import telemetryDiagnostics from '../../../plugins/observe/telemetry-diagnostics.ts'
import { until } from '../../worlds/until.ts'

type Line = Record<string, unknown>

collectDiagnostics()

/** A server with the log lines of its telemetry. */
async function startWorld(t: Test, intervalMs: number) {
  const lines: Line[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  app.register(background)
  app.register(telemetryDiagnostics, { intervalMs })
  await app.ready()
  t.teardown(() => app.close())
  return { app, logged: () => lines.filter(line => line.module === 'telemetry') }
}

t.test('problems reported before the log existed are logged, each once', async t => {
  for (let i = 0; i < 8; i++) diag.warn(`setting ${i} is wrong`)
  diag.warn('setting 0 is wrong')
  const { logged } = await startWorld(t, 60_000)
  t.equal(logged().length, 8)
  t.match(logged()[0], {
    level: 40,
    msg: 'OpenTelemetry reported a problem',
    function: 'diagnose',
    diagnostic: 'setting 0 is wrong',
  })
})

t.test('later problems are logged by the next run, at most five, with their error, and once an hour', async t => {
  const { app, logged } = await startWorld(t, 60_000)
  diag.error('a reading failed', new RangeError('too much'), new RangeError('too much'))
  for (let i = 0; i < 6; i++) diag.warn(`later ${i}`)
  t.equal(logged().length, 0)
  await app.close()
  t.equal(logged().length, 5)
  t.match(logged()[0], {
    diagnostic: 'a reading failed RangeError: too much',
    err: { type: 'RangeError', stack: /RangeError: too much/ },
  })
  const next = await startWorld(t, 60_000)
  t.match(next.logged(), [{ diagnostic: 'later 4' }, { diagnostic: 'later 5' }])

  const last = await startWorld(t, 5)
  diag.error('a reading failed', new RangeError('too much'))
  diag.warn('something new')
  await until(() => last.logged().length > 0)
  t.match(last.logged(), [{ diagnostic: 'something new' }], 'the same text is logged once an hour')
})

t.test('a flood is bounded and the omitted texts are counted', async t => {
  for (let i = 0; i < 1000; i++) diag.warn(`flood ${i}`)
  const { logged } = await startWorld(t, 60_000)
  t.equal(logged().length, 21)
  t.match(logged().at(-1), { omitted: 980, msg: 'OpenTelemetry reported more problems than are logged' })
})
