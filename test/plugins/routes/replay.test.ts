import t from 'tap'
import { startCollector } from '../../worlds/collector.ts'
import { startServer } from '../../worlds/server-world.ts'

/** A message of each kind of reply, in one session after its first. */
const MESSAGES = [
  'hello',
  'how do I add documents?',
  '/verbose on',
  'where are the logs, and how do I read them?',
  '/help',
  'zyzzyva?',
]

t.test('after a kill, each reply is replayed byte for byte, in a trace of its own that links to the first', async t => {
  const collector = await startCollector(t)
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  const killed = await startServer(t, environment)
  const send = async (address: string, message: string, key: string, session_id?: string) => {
    const reply = await fetch(`${address}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ message, session_id }),
    })
    return { body: await reply.text(), headers: reply.headers, traceId: reply.headers.get('x-trace-id') }
  }
  let sessionId: string | undefined
  const sent: { message: string; key: string; session?: string; first: Awaited<ReturnType<typeof send>> }[] = []
  for (const [i, message] of MESSAGES.entries()) {
    const first = await send(killed.address, message, `key ${i}`, sessionId)
    sent.push({ message, key: `key ${i}`, session: sessionId, first })
    sessionId ??= JSON.parse(first.body).session_id
  }
  await killed.stop('SIGKILL')

  const server = await startServer(t, environment, killed)
  const links: (string | null)[][] = []
  for (const { message, key, session, first } of sent) {
    const again = await send(server.address, message, key, session)
    t.equal(again.body, first.body, message)
    t.equal(JSON.parse(again.body).trace_id, first.traceId, 'the receipt names the first trace')
    t.equal(again.headers.get('idempotent-replay'), 'true')
    t.match(again.traceId, /^[\da-f]{32}$/)
    t.not(again.traceId, first.traceId, 'the header names its own trace')
    links.push([again.traceId, first.traceId])
  }
  await server.stop()
  const lines = server.logLines().filter(({ msg }) => msg === 'Bot response sent')
  for (const [own, first] of links) {
    t.match(
      lines.find(line => line.trace_id === own),
      { replayed: true, first_trace_id: first },
    )
    const span = collector.spans.find(span => span.traceId === own && span.name === 'POST /chat')
    t.match(span?.links, [{ traceId: first, spanId: /^(?!0{16})[\da-f]{16}$/ }])
  }
})
