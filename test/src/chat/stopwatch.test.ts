import t from 'tap'
import { createStopwatch } from '../../../src/chat/stopwatch.ts'

/** A clock that returns the given times in turn. */
function clockOf(...readings: readonly number[]) {
  let at = 0
  return () => readings[at++] ?? Number.NaN
}

const ZEROS = { queue: 0, session: 0, parse: 0, search: 0, answer: 0 }

t.test('a step lasts from its call to its result, synchronous or not', async t => {
  const stopwatch = createStopwatch(clockOf(100, 100, 103, 103, 110.5, 120))
  t.equal(
    stopwatch.time('parse', () => 'parsed'),
    'parsed',
  )
  t.equal(await stopwatch.time('search', async () => 'found'), 'found')
  t.same(stopwatch.read(), { ...ZEROS, parse: 3, search: 7.5, total: 20 })
})

t.test('a failing step is timed and still fails', async t => {
  const stopwatch = createStopwatch(clockOf(0, 0, 1, 1, 3, 3))
  const error = new Error('x')
  const fail = () => {
    throw error
  }
  t.throws(() => stopwatch.time('parse', fail), error)
  await t.rejects(
    stopwatch.time('search', async () => fail()),
    error,
  )
  t.same(stopwatch.read(), { ...ZEROS, parse: 1, search: 2, total: 3 })
})

t.test('durations of a repeated step are added, in microseconds', async t => {
  const stopwatch = createStopwatch(clockOf(0, 1))
  for (let i = 0; i < 10; i++) stopwatch.add('queue', 0.1)
  stopwatch.add('session', 0.0004)
  t.same(stopwatch.read(), { ...ZEROS, queue: 1, total: 1 })
})
