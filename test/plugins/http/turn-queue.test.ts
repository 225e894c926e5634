import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createTurnQueue, type TurnQueueOptions } from '../../../plugins/http/connections/turn-queue.ts'

/** Runs six functions of 3 ms each. Returns the turn of the event loop in which each ran. */
async function runSix(options: Omit<TurnQueueOptions, 'now'>): Promise<number[]> {
  let nowMs = 0
  let turn = 0
  const turns: number[] = []
  const runLater = createTurnQueue({ ...options, now: () => nowMs })
  for (let i = 0; i < 6; i++)
    runLater(async () => {
      // The steps of a request are microtasks.
      await Promise.resolve()
      nowMs += 3
      turns[i] = turn
    })
  for (; Object.keys(turns).length < 6; turn++) await setImmediate()
  return turns.map(ran => ran - (turns[0] ?? 0))
}

t.test('functions run in their order, those of a slice in one turn of the event loop', async t => {
  t.same(await runSix({}), [0, 0, 0, 1, 1, 1])
  t.same(await runSix({ sliceMs: () => 1 }), [0, 1, 2, 3, 4, 5])
  t.same(await runSix({ maxRuns: 2 }), [0, 0, 1, 1, 2, 2])
})

t.test('a function that is added meanwhile runs in a later turn', async t => {
  const runLater = createTurnQueue({ now: () => 0 })
  const ran: string[] = []
  runLater(() => {
    ran.push('first')
    runLater(() => ran.push('added'))
  })
  runLater(() => ran.push('second'))
  await setImmediate()
  t.same(ran, ['first', 'second'])
  await setImmediate()
  t.same(ran, ['first', 'second', 'added'])
})
