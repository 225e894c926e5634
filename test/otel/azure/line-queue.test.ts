import t from 'tap'
import { createLineQueue } from '../../../otel/azure/line-queue.ts'
import { trackExports } from '../../../otel/export-state.ts'

t.test('a line that cannot be converted is dropped alone', async t => {
  const tracker = trackExports('logs', 'lines', { isConfigured: true, timeoutMs: 10_000 })
  const sent: unknown[][] = []
  const queue = createLineQueue({
    tracker,
    convert: line => JSON.parse(line) as unknown,
    send: async items => {
      sent.push([...items])
      t.equal(queue.unsent, items.length, 'what is being sent is not sent yet')
      return undefined
    },
  })
  queue.add('1\n{"cut\n3\n')
  t.equal(queue.unsent, 3)
  await queue.drain()
  t.same(sent, [[1, 3]])
  t.match(tracker.state, { exported: 2, dropped: 1, failures: 0, waiting: 0, stalledSinceMs: undefined })

  queue.add('no JSON\n')
  await queue.drain()
  t.equal(sent.length, 1, 'nothing is sent for it')
  t.match(tracker.state, { exported: 2, dropped: 2, failures: 0, waiting: 0, stalledSinceMs: undefined })
  t.equal(queue.unsent, 0)
})
