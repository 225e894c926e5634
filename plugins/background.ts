import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    background: {
      /**
       * Runs a job repeatedly, first after one interval. Runs of one job never overlap: the next
       * interval starts when the run ends. A failed run is logged, and the job continues. When the
       * server closes, the timers stop and the current runs are awaited. `runNow` of the result
       * starts a run at once, unless one is in progress or the server closes.
       */
      repeat(intervalMs: number, name: string, run: () => Promise<void>): { runNow(): void }
      /** Aborted when the server starts to close. Long work should stop at its next safe point. */
      readonly closing: AbortSignal
    }
  }
}

/** Background jobs: cleanup, polling, expiry. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'background' })
    const timers = new Map<string, NodeJS.Timeout>()
    const running = new Map<string, Promise<void>>()
    const closing = new AbortController()

    function repeat(intervalMs: number, name: string, run: () => Promise<void>): { runNow(): void } {
      const schedule = () => {
        running.delete(name)
        if (!closing.signal.aborted) timers.set(name, setTimeout(runNow, intervalMs).unref())
      }
      const runNow = () => {
        if (closing.signal.aborted || running.has(name)) return
        clearTimeout(timers.get(name))
        const finished = run()
          .catch(err => log.error({ function: 'repeat', job: name, err }, 'Background work failed'))
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
