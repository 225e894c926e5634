import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { exportStates } from '../../otel/export-state.ts'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { traced } from '../../otel/tracing.ts'
import { until } from '../worlds/until.ts'

t.test('an export without an answer times out, is counted as dropped and blocks nothing', async t => {
  const unanswered: ServerResponse[] = []
  let isDeaf = true
  const server = createServer((request, reply) => {
    request.resume()
    if (isDeaf) unanswered.push(reply)
    else reply.writeHead(202).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  Object.assign(process.env, {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_BSP_EXPORT_TIMEOUT: '1000',
  })
  await startTelemetry()
  t.teardown(() => stopTelemetry(1000))
  const state = () => exportStates('traces')[0]
  let steps = 0
  const step = traced('step', () => void steps++)
  const exported = () => state()?.exported ?? 0
  const dropped = () => state()?.dropped ?? 0
  /** On a slow machine an export may time out as well: creates spans until one is exported. */
  async function exportOneMore(): Promise<void> {
    for (const before = exported(); exported() === before; ) {
      step()
      await until(() => exported() + dropped() === steps)
    }
  }

  step()
  await until(() => dropped() === 1)
  t.match(state(), { waiting: 0, exported: 0, failures: 1, failure: 'no answer within the timeout' })

  isDeaf = false
  await exportOneMore()
  t.match(state(), { waiting: 0, failure: undefined, stalledSinceMs: undefined })
  for (const reply of unanswered) reply.writeHead(202).end()
  await exportOneMore()
  t.equal(exported() + dropped(), steps, 'a late answer is not counted')
})
