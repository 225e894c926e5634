import t from 'tap'
import { createRepeatedEvents, type RepeatedEvent } from '../../../src/access/repeated-events.ts'

function createWorld() {
  const clock = { now: 0 }
  const reports: (RepeatedEvent<string> & { readonly n: number })[] = []
  const { note, flush } = createRepeatedEvents<string, { readonly n: number }>({
    now: () => clock.now,
    thresholdOf: kind => (kind.endsWith('ing') ? 20 : 1),
    report: (event, facts) => void reports.push({ ...event, ...facts }),
  })
  return { note, flush, clock, reports }
}

t.test('the first event of a client and kind in a minute is reported, with the number of those before', async t => {
  const { note, clock, reports } = createWorld()
  for (let n = 0; n < 10; n++) t.ok(note('role_refused', 'a', { n }))
  note('role_refused', 'b', { n: 0 })
  note('host_refused', 'a', { n: 0 })
  clock.now = 60_000
  note('role_refused', 'a', { n: 10 })
  t.same(reports, [
    { kind: 'role_refused', repeated: 0, n: 0 },
    { kind: 'role_refused', repeated: 0, n: 0 },
    { kind: 'host_refused', repeated: 0, n: 0 },
    { kind: 'role_refused', repeated: 9, n: 10 },
  ])
})

t.test('unknown paths and ids are an event from the twentieth of a client in a minute', async t => {
  for (const kind of ['probing', 'id_guessing'] as const) {
    const { note, clock, reports } = createWorld()
    for (let n = 1; n <= 19; n++) t.notOk(note(kind, 'a', { n }))
    t.notOk(note(kind, 'b', { n: 1 }))
    clock.now = 60_000
    for (let n = 1; n <= 19; n++) t.notOk(note(kind, 'a', { n }), 'those of an earlier minute do not count')
    t.ok(note(kind, 'a', { n: 20 }))
    t.ok(note(kind, 'a', { n: 21 }))
    t.same(reports, [{ kind, repeated: 0, n: 20 }])
    clock.now = 120_000
    for (let n = 1; n <= 20; n++) note(kind, 'a', { n })
    t.same(reports.at(-1), { kind, repeated: 1, n: 20 })
  }
})

t.test('events of a client that stops are reported after a minute, once, or when the server stops', async t => {
  const { note, flush, clock, reports } = createWorld()
  for (let n = 0; n < 10; n++) note('role_refused', 'a', { n })
  note('host_refused', 'b', { n: 0 })
  for (let n = 0; n < 5; n++) note('probing', 'c', { n })
  flush()
  t.equal(reports.length, 2, 'not within the minute')
  clock.now = 60_000
  for (let n = 0; n < 3; n++) flush()
  t.same(reports.slice(2), [{ kind: 'role_refused', repeated: 8, n: 9 }], 'ten in all')
  note('role_refused', 'a', { n: 10 })
  t.equal(reports.length, 3, 'the minute of the report counts too')
  flush(true)
  t.same(reports.slice(3), [{ kind: 'role_refused', repeated: 0, n: 10 }])
})
