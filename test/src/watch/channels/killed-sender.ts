import { DatabaseSync } from 'node:sqlite'
import { createDelivery } from '../../../../src/watch/channels/delivery.ts'
import { createOutbox } from '../../../../src/watch/channels/outbox.ts'
import { createWebhookChannel } from '../../../../src/watch/channels/webhook.ts'
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
