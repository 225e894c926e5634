import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { createDelivery } from '../../../../src/watch/channels/delivery.ts'
import type { Channel, ChannelName, Notification } from '../../../../src/watch/channels/notification.ts'
import { createOutbox, NOTIFICATION_TABLES } from '../../../../src/watch/channels/outbox.ts'
import { notificationOf } from './receivers.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 0, 1)

/** A delivery over a database, with a clock that the test moves. */
function openWorld(t: Test, path = join(t.testdir(), 'monitoring.sqlite')) {
  const db = new DatabaseSync(path)
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'").get()) db.exec(NOTIFICATION_TABLES)
  t.teardown(() => db.isOpen && db.close())
  const clock = { now: START }
  const outbox = createOutbox(db)
  const events: string[] = []
  const delivery = createDelivery({
    outbox,
    now: () => clock.now,
    random: () => 0.5,
    onDelivered: ({ channel, notification }, said) => events.push(`${channel} delivered ${notification.id}: ${said}`),
    onProblem(_channel, error) {
      // A test that closes the database leaves an attempt behind.
      if (db.isOpen) throw error
    },
    onFailed: ({ channel, notification }, reason) => events.push(`${channel} gave up ${notification.id}: ${reason}`),
  })
  const run = async () => {
    delivery.run()
    await delivery.settled()
  }
  return { db, path, clock, outbox, events, delivery, run }
}

/** A channel whose outcome the test sets. */
function channelOf(name: ChannelName) {
  const sent: Notification[] = []
  const state: { outcome: () => Promise<string> } = { outcome: async () => 'ok' }
  const channel: Channel = {
    name,
    async send(notification) {
      sent.push(notification)
      return state.outcome()
    },
  }
  return { channel, sent, state }
}

t.test('a notification is sent through every channel, or through those named', async t => {
  const { delivery, run, events, outbox } = openWorld(t)
  const [email, slack] = [channelOf('email'), channelOf('slack')]
  delivery.use([email.channel, slack.channel])
  delivery.enqueue(notificationOf({ id: 'both' }))
  delivery.enqueue(notificationOf({ id: 'one' }), ['slack'])
  await run()
  t.same(events.toSorted(), ['email delivered both: ok', 'slack delivered both: ok', 'slack delivered one: ok'])
  t.same(outbox.waiting(), [])
  await run()
  t.equal(email.sent.length, 1, 'once')
})

t.test('attempts are repeated with growing pauses, for a day; then the notification is given up', async t => {
  const { delivery, run, events, clock, outbox } = openWorld(t)
  const { channel, sent, state } = channelOf('webhook')
  state.outcome = async () => Promise.reject(new Error('refused'))
  delivery.use([channel])
  delivery.enqueue(notificationOf())
  const times: number[] = []
  for (; clock.now < START + 25 * HOUR; clock.now += 5000) {
    const before = sent.length
    await run()
    if (sent.length > before) times.push((clock.now - START) / 1000)
  }
  t.same(times.slice(0, 6), [0, 10, 30, 70, 150, 310])
  t.ok(times.length > 40 && times.length < 80, `${times.length} attempts`)
  t.same(events, ['webhook gave up n1: refused'])
  t.same(outbox.failed(), [['webhook', 1]])
  t.equal(outbox.lastFailure('webhook'), 'refused')
})

t.test('a notification is late after a failed attempt, or a minute, and not while it is sent', async t => {
  const { delivery, run, outbox } = openWorld(t)
  const { channel, state } = channelOf('slack')
  delivery.use([channel])
  delivery.enqueue(notificationOf())
  t.same(outbox.late(START), [])
  t.same(outbox.late(START + MINUTE), [['slack', 1]])
  state.outcome = async () => Promise.reject(new Error('refused'))
  await run()
  t.same(outbox.late(START), [['slack', 1]])
})

t.test('a receiver that names a time is asked again then', async t => {
  const { delivery, run, clock } = openWorld(t)
  const { channel, sent, state } = channelOf('slack')
  state.outcome = async () => Promise.reject(Object.assign(new Error('busy'), { retryAfterMs: 90_000 }))
  delivery.use([channel])
  delivery.enqueue(notificationOf())
  await run()
  clock.now += 89_000
  await run()
  t.equal(sent.length, 1)
  clock.now += 1000
  await run()
  t.equal(sent.length, 2)
})

t.test('a channel that hangs or fails delays no other', async t => {
  const { delivery, events } = openWorld(t)
  const [email, slack] = [channelOf('email'), channelOf('slack')]
  const hang = Promise.withResolvers<string>()
  email.state.outcome = () => hang.promise
  delivery.use([email.channel, slack.channel])
  delivery.enqueue(notificationOf({ id: 'a' }))
  delivery.run()
  delivery.enqueue(notificationOf({ id: 'b' }))
  while (events.length < 2) {
    delivery.run()
    await new Promise(resolve => setImmediate(resolve))
  }
  t.same(events, ['slack delivered a: ok', 'slack delivered b: ok'])
  t.equal(email.sent.length, 1, 'one attempt at a time')
  hang.resolve('late')
  await delivery.settled()
})

t.test('what waits survives a restart, also in the middle of an attempt', async t => {
  const first = openWorld(t)
  const { channel, state } = channelOf('email')
  state.outcome = () => new Promise(() => undefined)
  first.delivery.use([channel])
  first.delivery.enqueue(notificationOf({ id: 'kept' }))
  first.delivery.run()
  first.db.close()
  const second = openWorld(t, first.path)
  const later = channelOf('email')
  second.delivery.use([later.channel])
  await second.run()
  t.same(
    later.sent.map(({ id }) => id),
    ['kept'],
  )
  t.same(second.events, ['email delivered kept: ok'])
})

t.test('more than twenty in an hour become one digest, critical ones first', async t => {
  const { delivery, run, clock } = openWorld(t)
  const { channel, sent } = channelOf('slack')
  delivery.use([channel])
  for (let i = 0; i < 30; i++) delivery.enqueue(notificationOf({ id: `w${i}`, title: `Rule ${i % 3}`, severity: 'warning' }))
  delivery.enqueue(notificationOf({ id: 'urgent' }))
  await run()
  t.equal(sent.length, 20)
  t.equal(sent[0]?.id, 'urgent')
  t.match(sent.at(-1), {
    kind: 'digest',
    title: '12 more notifications',
    facts: [
      ['Rule 0', '4 ×'],
      ['Rule 1', '4 ×'],
      ['Rule 2', '4 ×'],
    ],
  })
  delivery.enqueue(notificationOf({ id: 'later', severity: 'warning' }))
  await run()
  t.equal(sent.length, 20, 'the hour is full')
  clock.now += HOUR + 1
  await run()
  t.equal(sent.at(-1)?.id, 'later')
})

t.test('closing ends an attempt, which is repeated after the next start', async t => {
  const { delivery, outbox } = openWorld(t)
  const channel: Channel = {
    name: 'email',
    send: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  }
  delivery.use([channel])
  delivery.enqueue(notificationOf())
  delivery.run()
  await delivery.close()
  t.same(outbox.waiting(), [['email', 1]])
  t.equal(outbox.due('email', START, true, 1)[0]?.attempts, 0)
})

t.test('a critical notification is sent first, and a digest is of all, however many wait', async t => {
  const { delivery, run, clock, outbox } = openWorld(t)
  const { channel, sent } = channelOf('email')
  delivery.use([channel])
  const enqueue = (count: number, name: string) => {
    for (let i = 0; i < count; i++) delivery.enqueue(notificationOf({ id: `${name}${i}`, severity: 'warning' }))
  }
  enqueue(20, 'first')
  await run()
  enqueue(300, 'waiting')
  delivery.enqueue(notificationOf({ id: 'urgent', severity: 'critical' }))
  await run()
  t.equal(sent.at(-1)?.id, 'urgent', 'the hour is full for warnings only')
  clock.now += HOUR + 1
  await run()
  t.match(sent.at(-1), { kind: 'digest', title: '281 more notifications' })
  t.same(outbox.waiting(), [])
})
