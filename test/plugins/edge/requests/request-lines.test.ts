import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { type AppWorld, buildAppWorld } from '../../../worlds/app-world.ts'

const requestLines = ({ lines }: AppWorld) => lines.filter(({ module }) => module === 'http')

t.test('a request line has the pseudonym of the client, never its address', async t => {
  const world = await buildAppWorld(t)
  const client = world.app.pseudonym('203.0.113.7')
  for (const url of ['/health', '/unknown', '/cause-error', `/turns/${'a'.repeat(4000)}`, '/turns/%E0%A4%A'])
    await world.app.inject({ url, remoteAddress: '203.0.113.7' })
  await world.app.inject('/health')
  t.same(
    requestLines(world).map(line => [line.status, line.client]),
    [
      [200, client],
      [404, client],
      [500, client],
      [414, client],
      [400, client],
      [200, 'loopback'],
    ],
  )
  t.notMatch(JSON.stringify(world.lines), /203\.0\.113/)
})

t.test('the line about bytes that are not HTTP has the client too', async t => {
  const world = await buildAppWorld(t)
  const port = Number(new URL(await world.app.listen({ port: 0, host: '127.0.0.1' })).port)
  const socket = connect(port, '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'))
  socket.resume()
  await once(socket, 'close')
  t.match(requestLines(world), [{ msg: 'Request refused', status: 400, code: 'MALFORMED_REQUEST', client: 'loopback' }])
})

t.test('the line about an unmatched request has its path and query, without secrets', async t => {
  const world = await buildAppWorld(t)
  await world.call('GET', '/users/jane.doe@example.com?step=1&token=a1b2c3d4e5')
  await world.call('DELETE', '/chat?key=sk_live_4eC39HqLyjWDarjtT1zdp7dc&a=1')
  await world.call('GET', `/${'x'.repeat(190)}%20jane.doe@example.com`)
  await world.call('GET', `/turns/%E0%A4%A?mail=jane.doe%40example.com`)
  const lines = requestLines(world)
  t.match(lines, [
    { route: 'unmatched', status: 404, path: '/users/[redacted]', query: 'step=1&[redacted]' },
    { route: 'unmatched', status: 405, path: '/chat', query: '[redacted]&a=1' },
    { status: 404, path: '/[redacted]' },
    { status: 400, path: '/turns/%E0%A4%A', query: '[redacted]' },
  ])
  t.notMatch(JSON.stringify(lines), /jane|a1b2c3|sk_live/)
})

t.test('the line about an unmatched request has no text of the caller without message content', async t => {
  const world = await buildAppWorld(t, { LOG_MESSAGE_CONTENT: 'off' })
  await world.call('GET', '/search/?q=I+have+diabetes')
  await world.call('POST', '/search?q=I+have+diabetes')
  await world.call('GET', '/I%20have%20diabetes')
  t.match(requestLines(world), [
    { route: 'unmatched', status: 404 },
    { route: 'unmatched', status: 405 },
    { route: 'unmatched', status: 404 },
  ])
  t.notMatch(JSON.stringify(world.lines), /diabetes/)
})

t.test('the line about a deleted session has its session and user', async t => {
  const world = await buildAppWorld(t)
  const { body } = await world.chat('hello', { user_id: 'ada' })
  await world.call('DELETE', `/sessions/${body.session_id}`)
  const { pseudonym } = world.app
  t.match(requestLines(world).at(-1), { session_id: pseudonym.session(body.session_id), user_id: pseudonym('ada') })
})

t.test('the line about a matched request has its route instead of its path', async t => {
  const world = await buildAppWorld(t)
  await world.call('GET', '/sessions/some-session?limit=3')
  const [line] = requestLines(world)
  t.match(line, { route: '/sessions/:id', status: 404 })
  t.notMatch(JSON.stringify(line), /some-session|limit/)
})
