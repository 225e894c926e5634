import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { createDelivery } from '../../../../src/watch/channels/delivery.ts'
import type { Channel, ChannelName, Notification } from '../../../../src/watch/channels/notification.ts'
import { createOutbox, NOTIFICATION_TABLES } from '../../../../src/watch/channels/outbox.ts'
import { notificationOf } from './receivers.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1)

function openWorld(t: Test) {
  const db = new DatabaseSync(join(t.testdir(), 'monitoring.sqlite'))
  db.exec(NOTIFICATION_TABLES)
  t.teardown(() => db.close())
  const clock = { now: START }
  const outbox = createOutbox(db)
  const problems: unknown[] = []
  const failed: string[] = []
  const delivery = createDelivery({
    outbox,
    now: () => clock.now,
    random: () => 0.5,
    onDelivered() {},
    onFailed: ({ notification }, reason) => failed.push(`${notification.id}: ${reason}`),
    onProblem: (_channel, error) => problems.push(error),
  })
  const run = async () => {
    delivery.run()
    await delivery.settled()
  }
  return { db, clock, outbox, delivery, run, problems, failed }
}

function channelOf(name: ChannelName) {
  const sent: Notification[] = []
  const channel: Channel = {
    name,
    async send(notification) {
      sent.push(notification)
      return 'ok'
    },
  }
  return { channel, sent }
}

t.test('a digest counts as one of the notifications of an hour', async t => {
  const { delivery, run, clock } = openWorld(t)
  const { channel, sent } = channelOf('slack')
  delivery.use([channel])
  for (let i = 0; i < 19; i++) delivery.enqueue(notificationOf({ id: `a${i}`, severity: 'warning' }))
  await run()
  clock.now += 50 * MINUTE
  for (let i = 0; i < 40; i++) delivery.enqueue(notificationOf({ id: `b${i}`, severity: 'warning' }))
  await run()
  t.equal(sent.length, 20)
  t.equal(sent.at(-1)?.kind, 'digest')
  clock.now += 11 * MINUTE
  delivery.enqueue(notificationOf({ id: 'next', severity: 'warning' }))
  await run()
  t.equal(sent.at(-1)?.id, 'next')
})

t.test('a critical notification is sent though warnings have filled the hour', async t => {
  const { delivery, run } = openWorld(t)
  const { channel, sent } = channelOf('email')
  delivery.use([channel])
  for (let i = 0; i < 20; i++) delivery.enqueue(notificationOf({ id: `w${i}`, severity: 'warning' }))
  await run()
  delivery.enqueue(notificationOf({ id: 'late', severity: 'warning' }))
  delivery.enqueue(notificationOf({ id: 'down', severity: 'critical' }))
  await run()
  t.equal(sent.length, 21)
  t.equal(sent.at(-1)?.id, 'down')
  for (let i = 0; i < 50; i++) delivery.enqueue(notificationOf({ id: `c${i}`, severity: 'critical' }))
  await run()
  t.equal(sent.length, 30, 'critical ones have a limit, too')
})

t.test('what was sent while the disk was full is not sent again', async t => {
  const { delivery, run, db, clock, problems, outbox } = openWorld(t)
  const { channel, sent } = channelOf('slack')
  delivery.use([channel])
  delivery.enqueue(notificationOf({ id: 'disk_space' }))
  delivery.enqueue(notificationOf({ id: 'another' }))
  db.exec('PRAGMA query_only = ON')
  for (let i = 0; i < 5; i++) {
    await run()
    clock.now += MINUTE
  }
  t.equal(sent.length, 2)
  t.ok(problems.length > 0, 'and the failure is reported')
  t.same(outbox.waiting(), [['slack', 2]])
  db.exec('PRAGMA query_only = OFF')
  await run()
  t.equal(sent.length, 2)
  t.same(outbox.waiting(), [], 'it is noted when the disk has room')
  t.same(outbox.delivered(), [['slack', 2]])
})

t.test('a row that cannot be read keeps no other waiting', async t => {
  const { delivery, run, db, outbox } = openWorld(t)
  const { channel, sent } = channelOf('slack')
  delivery.use([channel])
  delivery.enqueue(notificationOf({ id: 'damaged' }))
  db.exec(`UPDATE outbox SET content = '{'`)
  delivery.enqueue(notificationOf({ id: 'good' }))
  await run()
  t.same(
    sent.map(({ id }) => id),
    ['good'],
  )
  t.same(outbox.failed(), [['slack', 1]])
})

t.test('what waits for a channel that was removed is given up after a day', async t => {
  const { delivery, run, clock, outbox, failed } = openWorld(t)
  delivery.use([channelOf('email').channel])
  delivery.enqueue(notificationOf())
  delivery.use([channelOf('slack').channel])
  clock.now += DAY - MINUTE
  await run()
  t.same(outbox.waiting(), [['email', 1]])
  clock.now += 2 * MINUTE
  await run()
  t.same(outbox.waiting(), [])
  t.same(failed, ['n1: the channel is not enabled'])
})

t.test('a failure is reported for a day, or until something is delivered', async t => {
  const { delivery, run, clock, outbox } = openWorld(t)
  const good = channelOf('webhook')
  const bad: Channel = { name: 'webhook', send: async () => Promise.reject(new Error('refused')) }
  delivery.use([bad])
  delivery.enqueue(notificationOf())
  for (; clock.now < START + DAY + HOUR; clock.now += 10 * MINUTE) await run()
  t.equal(outbox.lastFailure('webhook', clock.now - DAY), 'refused')
  t.equal(outbox.lastFailure('webhook', clock.now + DAY), undefined, 'not for ever')
  delivery.use([good.channel])
  delivery.enqueue(notificationOf({ id: 'n2' }))
  await run()
  t.equal(outbox.lastFailure('webhook', clock.now - DAY), undefined, 'it works again')
})

t.test('a receiver that asks for a pause gets nothing at all until it is over', async t => {
  const { delivery, run, clock } = openWorld(t)
  const sent: string[] = []
  let isBusy = true
  const channel: Channel = {
    name: 'slack',
    async send({ id }) {
      sent.push(id)
      if (isBusy) throw Object.assign(new Error('busy'), { retryAfterMs: 5 * MINUTE })
      return 'ok'
    },
  }
  delivery.use([channel])
  for (const id of ['a', 'b', 'c']) delivery.enqueue(notificationOf({ id }))
  for (let i = 0; i < 10; i++, clock.now += 15_000) await run()
  t.same(sent, ['a'])
  isBusy = false
  clock.now += 5 * MINUTE
  await run()
  t.same(sent, ['a', 'a', 'b', 'c'])
})
