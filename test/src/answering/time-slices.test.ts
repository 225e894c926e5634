import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createTimeSlices } from '../../../src/answering/time-slices.ts'

t.test('work is done in its order, and the event loop continues after each slice', async t => {
  let nowMs = 0
  let pass = 0
  const takeSlice = createTimeSlices({ now: () => nowMs })
  const done: [number, number][] = []
  async function work(i: number): Promise<void> {
    await takeSlice()
    // The steps of a question are microtasks.
    await Promise.resolve()
    await Promise.resolve()
    nowMs += 5
    done.push([i, pass])
  }
  const all = Promise.all([0, 1, 2, 3, 4].map(work))
  for (; done.length < 5; pass++) await setImmediate()
  await all
  t.same(
    done.map(([i]) => i),
    [0, 1, 2, 3, 4],
  )
  const passes = done.map(([, pass]) => pass)
  t.equal(passes[0], passes[1], 'two fit in a slice')
  t.ok(passes[1]! < passes[2]! && passes[2] === passes[3] && passes[3]! < passes[4]!, `passes ${passes}`)
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
