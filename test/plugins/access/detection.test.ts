import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'

t.test('a search for paths or ids, and a body that is too large, are in the log and the audit trail once a minute', async t => {
  const world = await buildAppWorld(t)
  for (let n = 0; n < 15; n++) {
    await world.call('GET', `/wp-admin/${n}`)
    await world.call('DELETE', '/chat')
    await world.call('GET', `/sessions/guess-${n}`)
    await world.call('GET', `/turns/guess-${n}`)
  }
  for (let n = 0; n < 3; n++) t.equal((await world.chat('x'.repeat(200_000))).status, 413)
  const events = () => world.trail().filter(({ event }) => event === 'security_event')
  await until(() => events().length === 3)
  const expected = [
    { kind: 'probing', client: 'loopback' },
    { kind: 'id_guessing', client: 'loopback' },
    { kind: 'oversized_body', client: 'loopback', route: '/chat' },
  ]
  t.match(events(), expected)
  t.match(
    world.lines.filter(({ msg }) => msg === 'Security event'),
    expected,
  )
  t.notMatch(JSON.stringify(events()), /wp-admin|guess-/)
})

t.test('events that no later one counts are in the audit trail when the server has stopped', async t => {
  const world = await buildAppWorld(t)
  for (let n = 0; n < 5; n++) t.equal((await world.call('GET', '/admin/log-level')).status, 401)
  await world.app.close()
  t.match(
    world.trail().filter(({ event }) => event === 'security_event'),
    [
      { kind: 'failed_authentication', repeated: 0 },
      { kind: 'failed_authentication', repeated: 3 },
    ],
  )
})

t.test('many wrong keys are answered late, requests without a key and with a valid one are not', async t => {
  const world = await buildAppWorld(t)
  const ask = (headers: Record<string, string> = {}) => world.call('GET', '/admin/log-level', undefined, headers)
  for (let n = 0; n < 5; n++) t.equal((await ask({ authorization: 'Bearer guess' })).status, 401)
  const order: string[] = []
  const guess = ask({ authorization: 'Bearer guess' }).then(({ status }) => order.push(`guess ${status}`))
  for (let n = 0; n < 10; n++) order.push(`none ${(await ask()).status}`)
  order.push(`valid ${(await ask(world.asAdmin)).status}`)
  await guess
  t.same(order, [...Array(10).fill('none 401'), 'valid 200', 'guess 401'])
})
