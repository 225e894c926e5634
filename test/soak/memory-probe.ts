/** Loaded into the server: on SIGUSR2 it collects garbage and appends a sample to a file. */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  process.on('SIGUSR2', () => {
    const loopDelayMs = delay.max / 1e6
    collectGarbage()
    const timers = process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
    const { rss, heapUsed, external } = process.memoryUsage()
    appendFileSync(process.env.SOAK_SAMPLES ?? '', `${JSON.stringify({ rss, heapUsed, external, timers, loopDelayMs })}\n`)
    // The collection is not of the server.
    setImmediate(() => delay.reset())
  })
}
