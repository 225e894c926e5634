import { DatabaseSync } from 'node:sqlite'
import { createWebhookChannel } from '../../../src/notifications/channels/webhook.ts'
import { createDelivery } from '../../../src/notifications/delivery.ts'
import { createOutbox } from '../../../src/notifications/outbox.ts'
import { notificationOf } from './receivers.ts'

// A process that is killed while it sends. Arguments: path of the database, URL of the receiver.

const [path = '', url = ''] = process.argv.slice(2)
const delivery = createDelivery({
  outbox: createOutbox(new DatabaseSync(path)),
  now: Date.now,
  random: Math.random,
  onDelivered() {},
  onFailed() {},
  onProblem(_channel, error) {
    throw error
  },
})
delivery.use([createWebhookChannel({ url, now: Date.now })])
delivery.enqueue(notificationOf({ id: 'kept' }))
delivery.run()
