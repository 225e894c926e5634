import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { createDelivery } from '../../../../src/watch/channels/delivery.ts'
import type { Channel, Notification } from '../../../../src/watch/channels/notification.ts'
import { createOutbox, NOTIFICATION_TABLES, type Outbox } from '../../../../src/watch/channels/outbox.ts'
import { notificationOf } from './receivers.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A delivery through `slack` that counts the notifications which it reads whole. */
function openWorld(t: Test) {
  const db = new DatabaseSync(join(t.testdir(), 'monitoring.sqlite'))
  db.exec(NOTIFICATION_TABLES)
  t.teardown(() => db.close())
  const clock = { now: Date.UTC(2026, 0, 1) }
  const outbox = createOutbox(db)
  const seen = { whole: 0, problems: 0, alerts: 0, failed: [] as string[] }
  const due: Outbox['due'] = (...choice) => {
    const found = outbox.due(...choice)
    seen.whole += found.length
    return found
  }
  const delivery = createDelivery({
    outbox: { ...outbox, due },
    now: () => clock.now,
    random: () => 0.5,
    onDelivered({ notification }) {
      seen.alerts += notification.alerts?.length ?? 0
    },
    onFailed: ({ notification }) => seen.failed.push(notification.id),
    onProblem() {
      seen.problems++
    },
  })
  const sent: Notification[] = []
  const state = { isDown: false }
  const channel: Channel = {
    name: 'slack',
    async send(notification) {
      sent.push(notification)
      if (state.isDown) throw new Error('refused')
      return 'ok'
    },
  }
  delivery.use([channel])
  const enqueue = (count: number) => {
    for (let i = 0; i < count; i++) delivery.enqueue(notificationOf({ id: `w${i}`, severity: 'warning', html: 'a page' }))
  }
  const run = async () => {
    delivery.run()
    await delivery.settled()
  }
  const attempts = () => Number(db.prepare('SELECT sum(attempts) AS n FROM outbox').get()?.n)
  return { db, clock, outbox, seen, delivery, channel, sent, state, enqueue, run, attempts }
}

t.test('while the hour is full, nothing that waits is read; a digest reads only the headlines', async t => {
  const { clock, outbox, seen, sent, enqueue, run } = openWorld(t)
  enqueue(20)
  await run()
  enqueue(300)
  seen.whole = 0
  await run()
  t.equal(seen.whole, 0)
  clock.now += HOUR + 1
  await run()
  t.match(sent.at(-1), { kind: 'digest', title: '281 more notifications', facts: [['High error rate', '281 ×']] })
  t.ok(seen.whole <= 21, `${seen.whole} were read`)
  t.equal(seen.alerts, 320, 'the history has the alerts of a digest')
  t.same(outbox.waiting(), [])
})

t.test('an attempt with a digest is noted for all that it holds, or for none', async t => {
  const { db, clock, outbox, seen, sent, state, enqueue, run, attempts } = openWorld(t)
  enqueue(20)
  await run()
  clock.now += HOUR - 1
  enqueue(19)
  clock.now += 2
  await run()
  enqueue(40)
  const before = attempts()
  // Such as on a disk that is full in the middle.
  db.exec(`CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN old.id = 70 BEGIN SELECT RAISE(ABORT, 'full'); END`)
  state.isDown = true
  await run()
  t.equal(sent.at(-1)?.kind, 'digest')
  t.equal(seen.problems, 1)
  t.equal(attempts(), before, 'none is postponed')
  state.isDown = false
  await run()
  t.equal(sent.at(-1)?.kind, 'digest')
  t.same(outbox.waiting(), [['slack', 40]], 'none is noted as sent')
  db.exec('DROP TRIGGER full')
  const messages = sent.length
  await run()
  t.same(outbox.waiting(), [], 'it is noted later')
  t.equal(sent.length, messages, 'and not sent again')
})

t.test('what waits for a removed channel is read when it is old, and then without its text', async t => {
  const { db, clock, outbox, seen, delivery, channel, enqueue, run } = openWorld(t)
  enqueue(30)
  delivery.use([{ ...channel, name: 'email' }])
  await run()
  clock.now += DAY
  delivery.use([channel])
  delivery.enqueue(notificationOf({ id: 'young' }))
  delivery.use([{ ...channel, name: 'email' }])
  db.exec(`UPDATE outbox SET content = 'null' WHERE id = 1`)
  await run()
  t.equal(seen.whole, 0)
  t.equal(seen.failed.length, 29)
  t.same(outbox.waiting(), [['slack', 1]], 'the damaged row has ended, too')
})

t.test('damaged rows take no place of others, however many there are', async t => {
  const { db, outbox, sent, enqueue, run } = openWorld(t)
  enqueue(40)
  db.exec(`UPDATE outbox SET content = CASE WHEN id % 2 THEN '{' ELSE 'null' END`)
  enqueue(20)
  await run()
  t.equal(sent.length, 20)
  t.same(outbox.failed(), [['slack', 40]])
})
