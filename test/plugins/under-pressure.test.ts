import t from 'tap'
import { buildAppWorld } from '../worlds/app-world.ts'

t.test('a server with too much work refuses more of it, and is still seen', async t => {
  // No process gets by with one mebibyte; the heap is first looked at some hundred milliseconds after the start.
  const { call, chat, lines } = await buildAppWorld(t, { MAX_HEAP_MB: '1' })
  let refused = await chat('hello')
  while (refused.status === 200) refused = await chat('hello')

  t.match(refused, { status: 503, headers: { 'retry-after': '5' } })
  t.same(Object.keys(refused.body), ['statusCode', 'code', 'error', 'message', 'request_id', 'trace_id'])
  t.match(refused.body, { code: 'OVERLOADED', message: 'The server has more work than it can take on' })
  t.ok(
    lines.some(line => line.code === 'OVERLOADED' && line.request_id === refused.body.request_id),
    'and the log knows',
  )
  for (const url of ['/search?q=tea', '/documents', '/sessions/x', '/docs']) t.equal((await call('GET', url)).status, 503, url)
  for (const url of ['/health', '/health/live', '/health/ready']) t.equal((await call('GET', url)).status, 200, url)
  t.equal((await call('GET', '/metrics')).body.code, 'TELEMETRY_OFF', 'not OVERLOADED: it would answer if there were figures')
})
