import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import t from 'tap'
import { createSerialThread } from '../../../src/threads/serial-thread.ts'
import { startThread } from '../../../src/threads/start-thread.ts'
import { superviseThread } from '../../../src/threads/supervised-thread.ts'
import { until } from '../../worlds/until.ts'

interface Echo {
  readonly echo: string
  readonly given: unknown
}

const startEcho = () => startThread('./echo-thread', import.meta, { name: 'echo', workerData: 7 })

t.test('a supervised thread starts again after longer and longer, until it is healthy', async t => {
  const threads: Worker[] = []
  const exits: number[] = []
  const errors: unknown[] = []
  const received: Echo[] = []
  const thread = superviseThread<string, Echo>({
    start() {
      const started = startEcho()
      threads.push(started)
      return started
    },
    restart: { firstMs: 1, longestMs: 3 },
    onMessage: message => received.push(message),
    onError: error => errors.push(error),
    onExit: (_code, restartMs) => exits.push(restartMs),
  })
  for (let end = 1; end <= 3; end++) {
    thread.post('fail')
    await until(() => exits.length === end)
    await until(() => threads.length === end + 1)
  }
  t.same(exits, [1, 2, 3])
  t.match(errors, [{ message: 'failed on purpose' }, {}, {}])
  t.equal(thread.post('hello'), true)
  await until(() => received.length === 1)
  t.same(received, [{ echo: 'hello', given: 7 }])
  thread.markHealthy()
  thread.post('fail')
  await until(() => exits.length === 4)
  t.equal(exits.at(-1), 1)
  await thread.close('end')
  t.equal(thread.isRunning, false)
  t.equal(thread.post('hello'), false)
  t.ok(threads.length <= 5, 'none is started after the end')
})

t.test('a thread that does not end is terminated at the limit', async t => {
  const thread = superviseThread<string, Echo>({
    start: startEcho,
    restart: { firstMs: 1, longestMs: 1 },
    onMessage() {},
    onError() {},
    onExit: () => t.fail('it was closed'),
  })
  await thread.close('hang', 1)
  t.equal(thread.isRunning, false)
})

t.test('a serial thread takes one call at a time, and the next call starts another after it ended', async t => {
  let started = 0
  const notes: unknown[] = []
  const thread = createSerialThread<string, Echo, string>({
    start() {
      started++
      return startEcho()
    },
    isReply: message => typeof message === 'object',
    onMessage: message => notes.push(message),
  })
  await thread.close('end')
  t.equal(started, 0, 'a thread that was never called is not started')
  const calls = ['a', 'b', 'c'].map(text => thread.call(() => text))
  t.same(
    (await Promise.all(calls)).map(({ echo }) => echo),
    ['a', 'b', 'c'],
  )
  t.equal(started, 1)
  await t.rejects(
    thread.call(() => {
      throw new Error('not sent')
    }),
    { message: 'not sent' },
  )
  await t.rejects(
    thread.call(() => 'fail'),
    { message: 'failed on purpose' },
  )
  const ended = thread.call(() => 'hang')
  const after = thread.call(() => 'd')
  await until(() => started === 2)
  await thread.terminate()
  await t.rejects(ended, { message: /ended with exit code/ })
  t.match(await after, { echo: 'd' })
  t.equal(started, 3)
  let over = 0
  await thread.call(
    () => 'e',
    running => {
      running.postMessage('note')
      return () => over++
    },
  )
  t.same([notes, over], [['noted'], 1])
  t.match(await thread.close('end'), { echo: 'end' })
  await thread.call(() => 'f')
  await t.rejects(thread.close('leave'), { message: /ended with exit code/ })
})

t.test('a file that does not exist ends the thread with its error', async t => {
  const [error] = await once(startThread('./missing', import.meta, { name: 'missing' }), 'error')
  t.match(String(error), /missing\.ts/)
})
