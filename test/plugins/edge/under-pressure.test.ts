import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

t.test('an overloaded server refuses requests with 503, except for probes', async t => {
  // The first sample of the heap follows some hundred milliseconds after the start.
  const { call, chat, lines } = await buildAppWorld(t, { MAX_HEAP_MB: '1' })
  let refused = await chat('hello')
  while (refused.status === 200) refused = await chat('hello')

  t.match(refused, { status: 503, headers: { 'retry-after': '5' } })
  t.same(Object.keys(refused.body), ['statusCode', 'code', 'error', 'message', 'request_id'])
  t.match(refused.body, { code: 'OVERLOADED', message: 'The server is overloaded. Retry later' })
  t.ok(
    lines.some(line => line.code === 'OVERLOADED' && line.request_id === refused.body.request_id),
    'logged',
  )
  for (const url of ['/search?q=tea', '/documents', '/sessions/x', '/docs']) t.equal((await call('GET', url)).status, 503, url)
  for (const url of ['/health', '/health/live', '/health/ready']) t.equal((await call('GET', url)).status, 200, url)
  t.equal((await call('GET', '/metrics')).body.code, 'TELEMETRY_OFF', 'not OVERLOADED')
})
