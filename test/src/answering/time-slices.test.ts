import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createTimeSlices } from '../../../src/answering/time-slices.ts'

t.test('work is done in its order, and the event loop gets a turn after each slice', async t => {
  let nowMs = 0
  let turn = 0
  const takeSlice = createTimeSlices({ now: () => nowMs, sliceMs: () => 5 })
  const done: [number, number][] = []
  async function work(i: number): Promise<void> {
    await takeSlice()
    // The steps of a question are microtasks.
    await Promise.resolve()
    await Promise.resolve()
    nowMs += 3
    done.push([i, turn])
  }
  const all = Promise.all([0, 1, 2, 3, 4].map(work))
  for (; done.length < 5; turn++) await setImmediate()
  await all
  t.same(
    done.map(([i]) => i),
    [0, 1, 2, 3, 4],
  )
  const turns = done.map(([, turn]) => turn)
  t.equal(turns[0], turns[1], 'two fit in a slice')
  t.ok(turns[1]! < turns[2]! && turns[2] === turns[3] && turns[3]! < turns[4]!, `turns ${turns}`)
})

t.test('work that waits for an event does not delay the next', async t => {
  const takeSlice = createTimeSlices({ now: () => 0 })
  const event = Promise.withResolvers<void>()
  const first = takeSlice().then(() => event.promise)
  await takeSlice()
  event.resolve()
  await first
  await t.resolves(takeSlice(), 'an idle queue starts again')
})

t.test('work beyond the limit is refused, and the rest is done', async t => {
  const takeSlice = createTimeSlices({ now: () => 0, maxWaiting: 2 })
  const outcomes = await Promise.allSettled([takeSlice(), takeSlice(), takeSlice()])
  t.match(outcomes, [{ status: 'fulfilled' }, { status: 'fulfilled' }, { reason: { code: 'OVERLOADED', retryAfterS: 5 } }])
})
