import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { ExportResult } from '@opentelemetry/core'
import t, { type Test } from 'tap'
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

/** Starts a thread with an endpoint that does not answer, and waits until it has its lines. */
async function startWith(t: Test, onConnection: (socket: Socket) => void, lines: readonly string[]) {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => socket.destroy()))
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const destination = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const connectionString = `InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint=${destination}`
  const thread = startAzureThread({ connectionString, destination }, {})
  t.teardown(async () => {
    await thread.stop(0)
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const port = thread.connectLines(() => undefined)
  const state = () => exportStates('logs').find(state => state.destination === destination)
  port.postMessage(`${lines.join('\n')}\n`)
  await until(() => state()?.waiting === lines.length)
  port.close()
  const errors = t.capture(process.stderr, 'write', () => true)
  return { thread, state, reported: () => errors().map(({ args }) => String(args[0])) }
}

const LINE = JSON.stringify({ level: 'INFO', time: '2026-01-15T10:00:00.000Z', module: 'm', msg: 'Work done' })

t.test('a stop reports lines of which the request has no answer', async t => {
  const { thread, reported } = await startWith(t, () => undefined, [LINE, LINE])
  await thread.stop(2000)
  t.match(reported(), [/did not take 2 items of telemetry before the stop/])
})

t.test('a stop reports lines that were lost in it, and one that cannot be read takes no other with it', async t => {
  let connections = 0
  const cut = (socket: Socket) => {
    connections++
    socket.destroy()
  }
  const { thread, reported, state } = await startWith(t, cut, [LINE, 'no JSON', LINE])
  await thread.stop(30_000)
  t.ok(connections > 0, 'the others were sent')
  t.match(state(), { exported: 0, dropped: 3, failures: 1 })
  t.match(reported(), [/did not take 3 items of telemetry before the stop/])
})
