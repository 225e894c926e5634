import t from 'tap'
import { createServerWatch } from '../../../../src/watch/client/server-watch.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 0, 1)

/** Asks every 15 s. `problems` are minutes [from, to) of failure. Returns what was noted. */
function watchFor(minutes: number, problems: readonly (readonly [from: number, to: number])[]) {
  const watch = createServerWatch({ rule: { id: 'system_down' }, afterMs: MINUTE })
  const changes: string[] = []
  for (let minute = 0; minute < minutes; minute += 0.25) {
    const isFailing = problems.some(([from, to]) => minute >= from && minute < to)
    const change = watch.note(isFailing ? 'no connection' : undefined, START + minute * MINUTE)
    if (change !== undefined)
      changes.push(`${change.kind} at ${minute}, failing since ${(change.alert.startedAt - START) / MINUTE}`)
  }
  return changes
}

t.test('a server is down after a minute of failure, and up again with its first answer', async t => {
  t.same(watchFor(10, [[2, 5]]), ['firing at 3, failing since 2', 'resolved at 5, failing since 2'])
})

t.test('a failure shorter than a minute is not reported', async t => {
  t.same(
    watchFor(10, [
      [1, 1.75],
      [3, 4],
    ]),
    [],
  )
})

t.test('a server that stays down is reported again each hour', async t => {
  t.same(watchFor(130, [[0, 200]]), [
    'firing at 1, failing since 0',
    'firing at 61, failing since 0',
    'firing at 121, failing since 0',
  ])
})

t.test('a clock that is set back does not silence the watch for longer than its reminder', async t => {
  const watch = createServerWatch({ rule: { id: 'system_down' }, afterMs: MINUTE })
  watch.note('down', START)
  t.equal(watch.note('down', START - 5 * HOUR), undefined)
  t.match(watch.note('down', START - 5 * HOUR + MINUTE), { kind: 'firing' })
})
