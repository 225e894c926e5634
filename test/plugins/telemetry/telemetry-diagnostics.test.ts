import { diag } from '@opentelemetry/api'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { collectDiagnostics } from '../../../otel/diagnostics.ts'
import background from '../../../plugins/background.ts'
import telemetry from '../../../plugins/telemetry/telemetry.ts'
import telemetryDiagnostics from '../../../plugins/telemetry/telemetry-diagnostics.ts'
import { until } from '../../worlds/log-process.ts'

type Line = Record<string, unknown>

collectDiagnostics()

/** A server, and what it logged of telemetry. */
async function startWorld(t: Test, intervalMs: number) {
  const lines: Line[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  app.register(telemetry)
  app.register(background)
  app.register(telemetryDiagnostics, { intervalMs })
  await app.ready()
  t.teardown(() => app.close())
  return { app, told: () => lines.filter(line => line.module === 'telemetry') }
}

t.test('what telemetry warned of before there was a log is told in it, each once', async t => {
  for (let i = 0; i < 8; i++) diag.warn(`setting ${i} is wrong`)
  diag.warn('setting 0 is wrong')
  const { told } = await startWorld(t, 60_000)
  t.equal(told().length, 8)
  t.match(told()[0], {
    level: 40,
    msg: 'Telemetry warns of something; the service goes on',
    function: 'diagnose',
    diagnostic: 'setting 0 is wrong',
  })
})

t.test('what comes later is told within a run, five lines at most, with the error there was, and not again', async t => {
  const { app, told } = await startWorld(t, 60_000)
  diag.error('a reading failed', new RangeError('too much'), new RangeError('too much'))
  for (let i = 0; i < 6; i++) diag.warn(`later ${i}`)
  t.equal(told().length, 0)
  await app.close()
  t.equal(told().length, 5)
  t.match(told()[0], {
    diagnostic: 'a reading failed RangeError: too much',
    err: { type: 'RangeError', stack: /RangeError: too much/ },
  })
  const next = await startWorld(t, 60_000)
  t.match(next.told(), [{ diagnostic: 'later 4' }, { diagnostic: 'later 5' }])

  const last = await startWorld(t, 5)
  diag.error('a reading failed', new RangeError('too much'))
  diag.warn('something new')
  await until(() => last.told().length > 0)
  t.match(last.told(), [{ diagnostic: 'something new' }], 'the same text is told once in an hour')
})

t.test('a flood is counted, and no more than that is kept of it', async t => {
  for (let i = 0; i < 1000; i++) diag.warn(`flood ${i}`)
  const { told } = await startWorld(t, 60_000)
  t.equal(told().length, 21)
  t.match(told().at(-1), { left_out: 980, msg: 'Telemetry has more to warn of than is told here' })
})
