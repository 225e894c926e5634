import { connect } from 'node:net'
import t from 'tap'
import { makeFolders, say, startServer } from './worlds/server-world.ts'

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

t.test('an acknowledged turn survives SIGKILL', async t => {
  const folders = makeFolders(t)
  const server = await startServer(t, {}, folders)
  const { body } = await say(server.address, 'hello')
  await server.stop('SIGKILL')
  const again = await startServer(t, {}, folders)
  const receipt = (await (await fetch(`${again.address}/turns/${body.turn_id}`)).json()) as { response: string }
  t.equal(receipt.response, body.response)
})
