import fc from 'fast-check'
import t from 'tap'
import { createSessionQueue } from '../../../src/sessions/session-queue.ts'

/** A manual clock. `advance` runs due timers in order. */
function createClock() {
  const timers = new Set<{ at: number; run: () => void }>()
  let time = 0
  return {
    now: () => time,
    setTimer(run: () => void, afterMs: number) {
      const timer = { at: time + afterMs, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance(ms: number) {
      time += ms
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= time && timers.delete(timer)) timer.run()
      }
    },
    get pending() {
      return timers.size
    },
  }
}

function createWorld({ maxWaitingPerSession = 10, maxWaitMs = 5000 } = {}) {
  const clock = createClock()
  return { clock, queue: createSessionQueue({ maxWaitingPerSession, maxWaitMs, now: clock.now, setTimer: clock.setTimer }) }
}

t.test('tasks of one session run one at a time in order of arrival', async t => {
  const { queue } = createWorld({ maxWaitingPerSession: 100 })
  const log: string[] = []
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      queue.run('s', async () => {
        log.push(`begin ${i}`)
        for (let hops = i % 7; hops > 0; hops--) await undefined
        log.push(`end ${i}`)
      }),
    ),
  )
  t.same(log, Array.from({ length: 50 }, (_, i) => [`begin ${i}`, `end ${i}`]).flat())
})

t.test('sessions do not wait for each other', async t => {
  const { queue } = createWorld()
  const first = Promise.withResolvers<string>()
  const blocked = queue.run('a', () => first.promise)
  t.equal(await queue.run('b', async () => 'done'), 'done')
  first.resolve('late')
  t.equal(await blocked, 'late')
})

t.test('a task gets its waiting time', async t => {
  const { queue, clock } = createWorld()
  const gate = Promise.withResolvers<void>()
  const first = queue.run('s', async waitedMs => {
    await gate.promise
    return waitedMs
  })
  const second = queue.run('s', async waitedMs => waitedMs)
  clock.advance(1234)
  gate.resolve()
  t.same(await Promise.all([first, second]), [0, 1234])
  t.equal(clock.pending, 0, 'its timer is cancelled')
})

t.test('a task that fails, even synchronously, rejects with its error and does not affect the next', async t => {
  const { queue } = createWorld()
  const failed = queue.run('s', () => Promise.reject(new Error('broken')))
  const thrown = queue.run('s', () => {
    throw new Error('broken at once')
  })
  const next = queue.run('s', async () => 'fine')
  await t.rejects(failed, { message: 'broken' })
  await t.rejects(thrown, { message: 'broken at once' })
  t.equal(await next, 'fine')
})

t.test('a task beyond the limit is refused at once with a retry hint and never runs', async t => {
  const { queue } = createWorld({ maxWaitingPerSession: 2, maxWaitMs: 4500 })
  const gate = Promise.withResolvers<void>()
  const ran: string[] = []
  const task = (name: string) => async () => {
    ran.push(name)
    await gate.promise
  }
  const taken = ['a', 'b', 'c'].map(name => queue.run('s', task(name)))
  t.equal(queue.length, 2)
  await t.rejects(queue.run('s', task('d')), { code: 'SESSION_BUSY', retryAfterS: 5, facts: { reason: 'queue_full' } })
  gate.resolve()
  await Promise.all(taken)
  t.same(ran, ['a', 'b', 'c'])
  t.equal(queue.length, 0)
})

t.test('a task that waits too long is refused, and later tasks keep their order', async t => {
  const { queue, clock } = createWorld({ maxWaitMs: 1000 })
  const gate = Promise.withResolvers<void>()
  const ran: string[] = []
  const first = queue.run('s', () => gate.promise)
  const early = queue.run('s', async () => void ran.push('early'))
  clock.advance(600)
  const late = queue.run('s', async () => void ran.push('late'))
  clock.advance(400)
  await t.rejects(early, { code: 'SESSION_BUSY', retryAfterS: 1, facts: { reason: 'wait_timeout', waited_ms: 1000 } })
  t.equal(queue.length, 1)
  gate.resolve()
  await Promise.all([first, late])
  t.same(ran, ['late'])
})

t.test('with a limit of 0 a session accepts one task at a time', async t => {
  const { queue } = createWorld({ maxWaitingPerSession: 0 })
  const gate = Promise.withResolvers<void>()
  const first = queue.run('s', () => gate.promise)
  await t.rejects(
    queue.run('s', async () => undefined),
    { code: 'SESSION_BUSY' },
  )
  gate.resolve()
  await first
  t.equal(await queue.run('s', async () => 'again'), 'again')
})

t.test('the default timer ends a wait', async t => {
  const queue = createSessionQueue({ maxWaitingPerSession: 1, maxWaitMs: 1, now: () => performance.now() })
  const gate = Promise.withResolvers<void>()
  const alive = setTimeout(gate.resolve, 30_000)
  const first = queue.run('s', () => gate.promise)
  const waiting = queue.run('s', async () => undefined)
  await t.rejects(waiting, { code: 'SESSION_BUSY' })
  clearTimeout(alive)
  gate.resolve()
  await first
})

t.test('in any sequence of arrivals every task runs once in order or is refused', async t => {
  const arrival = fc.record({
    session: fc.constantFrom('a', 'b', '__proto__'),
    workMs: fc.nat(40),
    fails: fc.boolean(),
    pauseMs: fc.nat(20),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 40 }), async arrivals => {
      const { queue, clock } = createWorld({ maxWaitingPerSession: 3, maxWaitMs: 50 })
      const running = new Set<string>()
      const order: Record<string, number[]> = Object.create(null)
      const outcomes = arrivals.map(async ({ session, workMs, fails, pauseMs }, i) => {
        const settled = queue.run(session, async () => {
          if (running.has(session)) throw new Error('two at a time')
          running.add(session)
          order[session] = [...(order[session] ?? []), i]
          await new Promise<void>(resolve => clock.setTimer(resolve, workMs))
          running.delete(session)
          return fails ? Promise.reject(new Error('planned')) : 'ran'
        })
        clock.advance(pauseMs)
        return settled.catch((error: Error) => ('code' in error ? 'refused' : error.message))
      })
      let over = false
      const all = Promise.all(outcomes).finally(() => {
        over = true
      })
      while (!over) {
        clock.advance(10)
        await new Promise(resolve => setImmediate(resolve))
      }
      const settled = await all
      const ran = settled.filter(outcome => outcome !== 'refused')
      return (
        !settled.includes('two at a time') &&
        queue.length === 0 &&
        clock.pending === 0 &&
        Object.values(order).flat().length === ran.length &&
        Object.values(order).every(ids => ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0)))
      )
    }),
    { numRuns: 60 },
  )
  t.pass()
})
