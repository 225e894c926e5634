import Fastify from 'fastify'
import t from 'tap'
import turnLength from '../../../plugins/connections/turn-length.ts'
import { openRaw } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

t.test('turns of the event loop are shorter while clients connect or are refused', async t => {
  const app = Fastify()
  app.register(turnLength)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const usual = app.turnLength.ms()
  const lengths: number[] = []
  app.server.on('connection', () => lengths.push(app.turnLength.ms()))
  await openRaw(t, address)
  await until(() => lengths.length === 1)
  t.ok(lengths[0]! < usual)
  await until(() => app.turnLength.ms() === usual)
  app.turnLength.shorten()
  t.ok(app.turnLength.ms() < usual)
})
