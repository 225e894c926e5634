import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeFolders, say, startServer } from './worlds/server-world.ts'
import { expireTimers, importCode, UNREACHED_MS } from './worlds/time-limits.ts'
import { until } from './worlds/until.ts'

/** Limits that a stop derives from SHUTDOWN_TIMEOUT_MS. */
const LIMITS_MS = {
  stop: UNREACHED_MS,
  lastLine: UNREACHED_MS / 8,
  drain: UNREACHED_MS / 2,
  telemetry: UNREACHED_MS / 8,
  logCheck: UNREACHED_MS / 16,
}

t.test('SIGTERM under load drains requests: every acknowledged turn is stored', async t => {
  const folders = makeFolders(t)
  const server = await startServer(t, {}, folders)
  const { session_id } = (await say(server.address, 'hello')).body
  const acknowledged: string[] = []
  let refused = 0
  const load = Array.from({ length: 8 }, async () => {
    for (;;) {
      try {
        const { status, body } = await say(
          server.address,
          'how do I add documents?',
          acknowledged.length % 2 ? { session_id } : {},
        )
        if (status === 200) acknowledged.push(body.turn_id)
        else if (status >= 500) refused++
      } catch {
        // The server no longer listens: this client's load is over.
        return
      }
    }
  })
  while (acknowledged.length < 50) await new Promise(resolve => setImmediate(resolve))
  t.equal(await server.stop(), 0)
  await Promise.all(load)
  t.equal(refused, 0, 'an accepted request is answered')

  const again = await startServer(t, {}, folders)
  for (const turnId of acknowledged) t.equal((await fetch(`${again.address}/turns/${turnId}`)).status, 200)
  t.equal(await again.stop('SIGINT'), 0)
})

t.test('idle connections and partial requests do not prevent a clean shutdown', async t => {
  const server = await startServer(t, { NODE_OPTIONS: expireTimers('setTimeout', LIMITS_MS.drain) })
  const { hostname, port } = new URL(server.address)
  const silent = connect(Number(port), hostname)
  const halting = connect(Number(port), hostname)
  halting.write('POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"mess')
  for (const socket of [silent, halting]) socket.on('error', () => undefined)
  await say(server.address, 'hello')
  t.equal(await server.stop(), 0)
  t.match(server.output(), /Database connection closed connection=reader/)
})

t.test('a second SIGINT, as npm forwards it, has no effect', async t => {
  const server = await startServer(t)
  server.process.kill('SIGINT')
  t.equal(await server.stop('SIGINT'), 0)
})

t.test('the log and the collector hang: the server gives them up and exits with 0', async t => {
  const collector = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.teardown(() => collector.closeAllConnections())
  t.teardown(() => collector.close())
  const { port } = collector.address() as { port: number }
  const expired = [expireTimers('setTimeout', LIMITS_MS.telemetry), expireTimers('setInterval', LIMITS_MS.logCheck)]
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }
  const { server, hang } = await startHangable(t, ['log'], expired, environment)
  await say(server.address, 'hello')
  await hang()
  t.equal(await server.stop(), 0)
  t.match(server.output(), /Log lines dropped while closing: .*chatbot \d/)
  t.notOk(existsSync(join(server.dataDir, 'server.json')), 'the claim is released')
})

t.test('the database hangs: the server logs that the time is over, and exits with 1', async t => {
  const { server, hang } = await startHangable(t, ['database'], [expireTimers('setTimeout', LIMITS_MS.stop)])
  await hang()
  t.equal(await server.stop(), 1)
  t.match(server.output(), new RegExp(`\\[CRITICAL\\].*Shutdown timed out.*limit_ms=${LIMITS_MS.stop}`))
})

t.test('the database and the log hang: the server exits with 1', async t => {
  const expired = [expireTimers('setTimeout', LIMITS_MS.stop, LIMITS_MS.lastLine)]
  const { server, hang } = await startHangable(t, ['database', 'log'], expired)
  await say(server.address, 'hello')
  await hang()
  t.equal(await server.stop(), 1)
})

/** Starts a server. `hang` stops these worker threads for good. */
async function startHangable(
  t: Test,
  threads: readonly ('log' | 'database')[],
  nodeOptions: readonly string[],
  environment: Record<string, string> = {},
) {
  const folder = t.testdir()
  const [order, hanging] = [join(folder, 'order'), join(folder, 'hanging')]
  const code = `import { isMainThread, workerData } from 'node:worker_threads'
    import { existsSync, writeFileSync } from 'node:fs'
    const thread = isMainThread ? 'main' : 'counts' in workerData ? 'log' : 'database'
    if (${JSON.stringify(threads)}.includes(thread))
      setInterval(() => {
        if (!existsSync(${JSON.stringify(order)})) return
        writeFileSync(${JSON.stringify(hanging)} + thread, '')
        for (;;);
      }, 5).unref()`
  const NODE_OPTIONS = [importCode(code), ...nodeOptions].join(' ')
  const server = await startServer(t, { NODE_OPTIONS, ...environment })
  async function hang(): Promise<void> {
    writeFileSync(order, '')
    await until(() => threads.every(thread => existsSync(hanging + thread)))
  }
  return { server, hang }
}

t.test('an acknowledged turn survives SIGKILL', async t => {
  const folders = makeFolders(t)
  const server = await startServer(t, {}, folders)
  const { body } = await say(server.address, 'hello')
  await server.stop('SIGKILL')
  const again = await startServer(t, {}, folders)
  const receipt = (await (await fetch(`${again.address}/turns/${body.turn_id}`)).json()) as { response: string }
  t.equal(receipt.response, body.response)
})
