import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeFolders, say, startServer } from './worlds/server-world.ts'
import { until } from './worlds/until.ts'

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
  const server = await startServer(t)
  const { hostname, port } = new URL(server.address)
  const silent = connect(Number(port), hostname)
  const halting = connect(Number(port), hostname)
  halting.write('POST /chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"mess')
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
  const { server, hang } = await startHangable(t, /log-worker/, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
  await say(server.address, 'hello')
  await hang()
  t.equal(await server.stop(), 0)
  t.match(server.output(), /Log lines dropped while closing: .*chatbot \d/)
  t.notOk(existsSync(join(server.dataDir, 'server.json')), 'the claim is released')
})

t.test('the database hangs too: the server exits with 1 after its time limit', async t => {
  const { server, hang } = await startHangable(t, /./)
  await say(server.address, 'hello')
  await hang()
  t.equal(await server.stop(), 1)
})

/** Starts a server. `hang` stops the worker threads with this name, for good. */
async function startHangable(t: Test, threads: RegExp, environment: Record<string, string> = {}) {
  const folder = t.testdir()
  const [order, hanging] = [join(folder, 'order'), join(folder, 'hanging')]
  const code = `import { isMainThread, workerData } from 'node:worker_threads'
    import { existsSync, writeFileSync } from 'node:fs'
    if (!isMainThread && ${threads}.test(String(workerData?.filename)))
      setInterval(() => {
        if (!existsSync(${JSON.stringify(order)})) return
        if (/log-worker/.test(workerData?.filename)) writeFileSync(${JSON.stringify(hanging)}, '')
        for (;;);
      }, 5).unref()`
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(code)}`
  const server = await startServer(t, { NODE_OPTIONS, ...environment })
  async function hang(): Promise<void> {
    writeFileSync(order, '')
    await until(() => existsSync(hanging))
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
