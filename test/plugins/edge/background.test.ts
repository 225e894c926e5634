import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import background from '../../../plugins/edge/background.ts'

/**
 * Starts a server that listens, because background jobs do not keep a process alive, and collects
 * its log lines.
 */
async function startWorld(t: Test) {
  const lines: Record<string, unknown>[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } })
  app.register(background)
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  return { app, failures: () => lines.filter(line => line.module === 'background') }
}

t.test('runs of one job never overlap', async t => {
  const { app } = await startWorld(t)
  const busy = Promise.withResolvers<void>()
  const again = Promise.withResolvers<void>()
  let slowStarts = 0
  let quickRuns = 0
  app.background.repeat(1, 'slow', async () => {
    slowStarts++
    if (slowStarts === 1) await busy.promise
    else again.resolve()
  })
  app.background.repeat(1, 'quick', async () => {
    quickRuns++
    if (quickRuns === 10) busy.resolve()
  })
  await busy.promise
  t.equal(slowStarts, 1, 'one run, while another job ran ten times')
  await again.promise
})

t.test('a job can be run at once, but not while it runs or after the server closed', async t => {
  const { app } = await startWorld(t)
  const done = Promise.withResolvers<void>()
  let runs = 0
  const job = app.background.repeat(3_600_000, 'job', async () => {
    runs++
    await done.promise
  })
  job.runNow()
  job.runNow()
  t.equal(runs, 1)
  done.resolve()
  await app.close()
  job.runNow()
  t.equal(runs, 1)
})

t.test('a failed run is logged with the name of its job, and the job continues', async t => {
  const { app, failures } = await startWorld(t)
  const third = Promise.withResolvers<void>()
  let runs = 0
  app.background.repeat(1, 'sweep', async () => {
    runs++
    if (runs === 3) third.resolve()
    else throw new Error(`broken broom ${runs}`)
  })
  await third.promise
  t.match(failures(), [
    { level: 50, job: 'sweep', err: { message: 'broken broom 1' } },
    { level: 50, job: 'sweep', err: { message: 'broken broom 2' } },
  ])
})

t.test('closing waits for the current run, and starts no other', async t => {
  const { app } = await startWorld(t)
  const started = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  let [runs, finished] = [0, 0]
  app.background.repeat(1, 'save', async () => {
    runs++
    started.resolve()
    await release.promise
    finished++
  })
  await started.promise
  let isClosed = false
  const closing = app.close().then(() => {
    isClosed = true
  })
  for (let turns = 0; turns < 20; turns++) await setImmediate()
  t.notOk(isClosed, 'it waits for the run')
  release.resolve()
  await closing
  t.same([runs, finished], [1, 1])
})

t.test('closing does not wait for the next run', async t => {
  const { app } = await startWorld(t)
  app.background.repeat(3_600_000, 'yearly', async () => void t.fail('the job must not run'))
  await t.resolves(app.close())
})
