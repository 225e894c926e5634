import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    background: {
      /**
       * Runs a job repeatedly, first after one interval. Runs of one job never overlap: the next
       * interval starts when the run ends. A failed run is logged. Each failure doubles the next
       * interval, up to 8 s. When the server closes, the timers stop and the current runs are
       * awaited. The result has `runNow`, which starts a run at once, unless one is in progress or
       * the server closes.
       */
      repeat(intervalMs: number, name: string, run: () => Promise<void>): { runNow(): void }
      /** Aborted when the server starts to close. Long work should stop at its next safe point. */
      readonly closing: AbortSignal
    }
  }
}

/** For jobs that fail, unless their interval is longer. */
const LONGEST_DELAY_MS = 8000

/** Background jobs: cleanup, polling, expiry. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'background' })
    const timers = new Map<string, NodeJS.Timeout>()
    const running = new Map<string, Promise<void>>()
    /** Runs of a job that failed one after the other. */
    const failures = new Map<string, number>()
    const closing = new AbortController()

    function repeat(intervalMs: number, name: string, run: () => Promise<void>): { runNow(): void } {
      const schedule = () => {
        running.delete(name)
        const delayMs = Math.min(intervalMs * 2 ** (failures.get(name) ?? 0), Math.max(intervalMs, LONGEST_DELAY_MS))
        if (!closing.signal.aborted) timers.set(name, setTimeout(runNow, delayMs).unref())
      }
      const runNow = () => {
        if (closing.signal.aborted || running.has(name)) return
        clearTimeout(timers.get(name))
        const finished = run()
          .then(() => void failures.delete(name))
          .catch(err => {
            failures.set(name, (failures.get(name) ?? 0) + 1)
            log.error({ function: 'repeat', job: name, err }, 'Background work failed')
          })
          .finally(schedule)
        running.set(name, finished)
      }
      schedule()
      return { runNow }
    }

    fastify.decorate('background', { repeat, closing: closing.signal })

    fastify.addHook('preClose', async () => {
      closing.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running.values())
    })
  },
  { name: 'background' },
)
