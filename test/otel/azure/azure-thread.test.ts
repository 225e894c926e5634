import type { ExportResult } from '@opentelemetry/core'
import t from 'tap'
import { startAzureThread } from '../../../otel/azure/azure-thread.ts'
import { exportStates } from '../../../otel/export-state.ts'
import { until } from '../../worlds/until.ts'

t.test('a thread that ends fails what it was given, counts the lines that follow, and harms nothing', async t => {
  const destination = 'https://azure.example.com'
  // The exporter refuses this key, which ends the thread.
  const thread = startAzureThread({ connectionString: 'InstrumentationKey=none', destination }, {})
  t.teardown(() => thread.stop(0))
  const results: ExportResult[] = []
  thread.send({ kind: 'spans', spans: '[]' }, 3, result => void results.push(result))
  let renewals = 0
  thread.connectLines(() => renewals++)
  await until(() => renewals === 1)
  t.match(results, [{ code: 1, error: { message: /^the thread of Azure Monitor ended: Invalid instrumentation key/ } }])

  const port = thread.connectLines(() => undefined)
  port.postMessage('{"level":"INFO"}\n{"level":"INFO"}\n')
  const lines = () => exportStates('logs').find(state => state.destination === destination)
  await until(() => lines()?.dropped === 2)
  t.match(lines(), { exported: 0, failures: 1, failure: /Invalid instrumentation key/ })
  thread.send({ kind: 'spans', spans: '[]' }, 1, result => void results.push(result))
  t.equal(results.length, 2, 'what comes later fails at once')
  port.close()
})
