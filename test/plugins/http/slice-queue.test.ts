import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createSliceQueue, type SliceQueueOptions } from '../../../plugins/http/connections/slice-queue.ts'

/** Runs six functions of 3 ms each. Returns the pass of the event loop in which each ran. */
async function runSix(options: Omit<SliceQueueOptions, 'now'>): Promise<number[]> {
  let nowMs = 0
  let pass = 0
  const passes: number[] = []
  const runLater = createSliceQueue({ ...options, now: () => nowMs })
  for (let i = 0; i < 6; i++)
    runLater(async () => {
      // The steps of a request are microtasks.
      await Promise.resolve()
      nowMs += 3
      passes[i] = pass
    })
  for (; Object.keys(passes).length < 6; pass++) await setImmediate()
  return passes.map(ran => ran - (passes[0] ?? 0))
}

t.test('functions run in their order, those of a slice in one pass of the event loop', async t => {
  t.same(await runSix({}), [0, 0, 0, 1, 1, 1])
  t.same(await runSix({ sliceMs: () => 1 }), [0, 1, 2, 3, 4, 5])
  t.same(await runSix({ maxRuns: 2 }), [0, 0, 1, 1, 2, 2])
})

t.test('a function that is added meanwhile runs in a later slice', async t => {
  const runLater = createSliceQueue({ now: () => 0 })
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
