import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { createOutbox, NOTIFICATION_TABLES } from '../../../../src/watch/channels/outbox.ts'
import { planSelfTest } from '../../../../src/watch/channels/self-test.ts'
import { parseSchedule } from '../../../../src/watch/configuration/schedule.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Monday, 08:00 in Berlin. */
const MONDAY = Date.UTC(2026, 0, 5, 7)

function openWorld(t: Test, text = 'Mon 09:00 Europe/Berlin') {
  const db = new DatabaseSync(join(t.testdir(), 'monitoring.sqlite'))
  db.exec(NOTIFICATION_TABLES)
  t.teardown(() => db.close())
  const schedule = parseSchedule(text)!
  // Each call could be that of another process: all that is remembered is in the database.
  return (now: number) => planSelfTest(schedule, createOutbox(db), { now, hostname: 'chat-1' })
}

t.test('the self-test is due at its time, in its time zone, once', async t => {
  const plan = openWorld(t)
  t.equal(plan(MONDAY), undefined)
  t.equal(plan(MONDAY + HOUR - 1), undefined)
  t.match(plan(MONDAY + HOUR), { kind: 'test', severity: 'info', title: 'This is a test' })
  t.equal(plan(MONDAY + HOUR + 15_000), undefined)
  t.ok(plan(MONDAY + 7 * DAY + HOUR), 'a week later')
})

t.test('a self-test that fell into a downtime is caught up once', async t => {
  const plan = openWorld(t)
  plan(MONDAY - DAY)
  t.ok(plan(MONDAY + 16 * DAY), 'after two missed ones')
  t.equal(plan(MONDAY + 16 * DAY + HOUR), undefined)
})

t.test('the hour stays that of the wall clock when summer time begins', async t => {
  const plan = openWorld(t)
  const after = Date.UTC(2026, 2, 30, 7)
  plan(after - DAY)
  t.equal(plan(after - 1), undefined)
  t.ok(plan(after), '09:00 in summer is 07:00 UTC')
})
