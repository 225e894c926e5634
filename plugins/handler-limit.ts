import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { ChatError } from '../src/errors.ts'

export interface HandlerLimitOptions {
  /** Default: 60 s. */
  readonly limitMs?: number
  /** How often requests are checked. Default: 1 s. */
  readonly intervalMs?: number
}

const RETRY_AFTER_S = 5

/**
 * Answers a request with 503 if it takes too long. Fastify's `handlerTimeout` does so only for
 * requests without a body: it takes the end of a body for the end of the request. It also creates a
 * timer and an abort signal for each request, for 60 µs; here one timer checks all requests.
 */
export default fp<HandlerLimitOptions>(
  async (fastify, { limitMs = 60_000, intervalMs = 1000 }) => {
    /**
     * When requests without a reply began, oldest first. The time in which they waited for earlier
     * requests of their connection does not count.
     */
    const running = new Map<FastifyReply, number>()
    fastify.addHook('onRequest', (_request, reply, done) => {
      running.set(reply, performance.now())
      done()
    })
    fastify.addHook('onResponse', (_request, reply, done) => {
      running.delete(reply)
      done()
    })

    function refuseOverdue(): void {
      const now = performance.now()
      for (const [reply, begun] of running) {
        if (now - begun < limitMs) return
        // Also those of clients that disconnected, which have no response.
        running.delete(reply)
        if (!reply.sent) reply.send(new ChatError('OVERLOADED', { retryAfterS: RETRY_AFTER_S, facts: { limit_ms: limitMs } }))
      }
    }

    const timer = setInterval(refuseOverdue, intervalMs).unref()
    fastify.addHook('onClose', async () => clearInterval(timer))
  },
  { name: 'handler-limit' },
)
