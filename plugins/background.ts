import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Does something again and again, the first time after one interval. A run never overlaps another of the same name: the next interval begins when
     * it is over. A run that fails is logged, and the next one comes all the same. All of it ends, and what runs is awaited, before the server closes.
     */
    every(intervalMs: number, name: string, run: () => Promise<void>): void
    /** Aborted when the server begins to close: long work leaves off at its next good moment. */
    closing: AbortSignal
  }
}

/** Work that nobody asks for: cleanup, polling, expiry. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'background' })
    const timers = new Map<string, NodeJS.Timeout>()
    const running = new Map<string, Promise<void>>()
    const closing = new AbortController()
    fastify.decorate('closing', closing.signal)

    fastify.decorate('every', (intervalMs, name, run) => {
      const schedule = () => {
        if (!closing.signal.aborted) timers.set(name, setTimeout(tick, intervalMs).unref())
      }
      const tick = () => {
        const finished = run()
          .catch(err => log.error({ function: 'every', job: name, err }, 'Background work failed'))
          .finally(schedule)
        running.set(name, finished)
      }
      schedule()
    })

    fastify.addHook('preClose', async () => {
      closing.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running.values())
    })
  },
  { name: 'background' },
)
