import Fastify from 'fastify'
import t from 'tap'
import loopSlice from '../../../plugins/connections/loop-slice.ts'
import { openRaw } from '../../worlds/raw-client.ts'
import { until } from '../../worlds/until.ts'

t.test('slices of work are shorter while clients connect or are refused', async t => {
  const app = Fastify()
  app.register(loopSlice)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const usual = app.loopSlice.ms()
  const lengths: number[] = []
  app.server.on('connection', () => lengths.push(app.loopSlice.ms()))
  await openRaw(t, address)
  await until(() => lengths.length === 1)
  t.ok(lengths[0]! < usual)
  await until(() => app.loopSlice.ms() === usual)
  app.loopSlice.shorten()
  t.ok(app.loopSlice.ms() < usual)
})
