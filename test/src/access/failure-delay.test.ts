import t from 'tap'
import { createFailureDelay } from '../../../src/access/failure-delay.ts'

function createWorld() {
  const timers: { readonly run: () => void; readonly afterMs: number }[] = []
  const clock = { now: 0 }
  const counts = { delayed: 0, replies: 0 }
  const delay = createFailureDelay({
    now: () => clock.now,
    setTimer: (run, afterMs) => void timers.push({ run, afterMs }),
    onDelay: () => void counts.delayed++,
  })
  const fail = (client: string, times = 1) => {
    for (let n = 0; n < times; n++) delay(client, () => void counts.replies++)
  }
  return { fail, timers, clock, counts }
}

t.test('after five failures in a minute, each reply to a client is later than the one before, up to 5 s', async t => {
  const { fail, timers, clock, counts } = createWorld()
  fail('a', 5)
  t.match(counts, { delayed: 0, replies: 5 })
  fail('a', 8)
  t.same(
    timers.map(({ afterMs }) => afterMs),
    [100, 200, 400, 800, 1600, 3200, 5000, 5000],
  )
  t.match(counts, { delayed: 8, replies: 5 })
  fail('b')
  t.equal(counts.replies, 6, 'another client does not wait')
  for (const { run } of timers) run()
  t.equal(counts.replies, 14)
  clock.now += 60_000
  fail('a', 5)
  t.match(counts, { delayed: 8, replies: 19 }, 'a minute later it begins anew')
})

t.test('while 64 replies wait, further ones are sent at once', async t => {
  const { fail, timers, counts } = createWorld()
  fail('a', 5 + 64)
  t.match(counts, { delayed: 64, replies: 5 })
  fail('a', 10)
  t.match(counts, { delayed: 64, replies: 15 })
  timers[0]?.run()
  fail('a')
  t.match(counts, { delayed: 65, replies: 16 })
})

t.test('a flood of clients does not hold their number in memory', async t => {
  const { fail, timers } = createWorld()
  fail('first', 5)
  for (let n = 0; n < 20_000; n++) fail(`client ${n}`)
  fail('first')
  t.same(timers, [], 'the first client is forgotten')
})
