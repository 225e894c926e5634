import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { createDelivery } from '../../../../src/watch/channels/delivery.ts'
import { createOutbox, NOTIFICATION_TABLES } from '../../../../src/watch/channels/outbox.ts'
import { createWebhookChannel } from '../../../../src/watch/channels/webhook.ts'
import { receivePosts } from './receivers.ts'

t.test('a process that is killed while it sends leaves the notification to the next, with the same key', async t => {
  const path = join(t.testdir(), 'monitoring.sqlite')
  const db = new DatabaseSync(path)
  t.teardown(() => db.close())
  db.exec(`PRAGMA journal_mode = WAL; ${NOTIFICATION_TABLES}`)
  const arrived = Promise.withResolvers<void>()
  const { posts, state, url } = await receivePosts(t, () => arrived.resolve())
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-sender.ts'), path, url], { stdio: 'ignore' })
  await arrived.promise
  child.kill('SIGKILL')
  await once(child, 'exit')
  state.answer = reply => void reply.end('ok')
  const outbox = createOutbox(db)
  t.same(outbox.waiting(), [['webhook', 1]])
  const delivery = createDelivery({
    outbox,
    now: Date.now,
    random: Math.random,
    onDelivered() {},
    onFailed() {},
    onProblem(_channel, error) {
      throw error
    },
  })
  delivery.use([createWebhookChannel({ url, now: Date.now })])
  delivery.run()
  await delivery.settled()
  t.same(outbox.delivered(), [['webhook', 1]])
  t.same(
    posts.map(({ headers }) => headers['idempotency-key']),
    ['kept', 'kept'],
  )
})
