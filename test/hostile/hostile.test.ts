import t from 'tap'
import { startServer } from '../worlds/server-world.ts'
import { attack, createTally } from './attack.ts'

t.test('each of 2,000 generated requests gets a documented reply, and the server continues', async t => {
  const server = await startServer(t)
  const tally = createTally()
  await attack(Number(new URL(server.address).port), tally, 2000, 1)
  t.same(tally.breaches.slice(0, 5), [])
  t.equal((await fetch(`${server.address}/health/live`)).status, 200)
  t.notMatch(server.output(), /\[(CRITICAL|ERROR)\]/)
})
