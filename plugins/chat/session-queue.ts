import fp from 'fastify-plugin'
import { observe, recordQueueWait } from '../../otel/recording.ts'
import { traced } from '../../otel/tracing.ts'
import type { Config } from '../../src/config.ts'
import { createSessionQueue, type SessionQueue } from '../../src/sessions/session-queue.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Runs the turns of a session one at a time, in order of arrival. */
    sessionQueue: Pick<SessionQueue, 'run'>
  }
}

/** How long a message waits in its session before it is refused. */
const MAX_WAIT_MS = 10_000

/**
 * The queues of all sessions, with a span and a histogram for the waiting time and a gauge for the
 * number of waiting turns.
 */
export default fp<{ readonly config: Pick<Config, 'sessionQueueLimit'> }>(
  async (fastify, { config }) => {
    const queue = createSessionQueue({
      maxWaitingPerSession: config.sessionQueueLimit,
      maxWaitMs: MAX_WAIT_MS,
      now: () => performance.now(),
    })
    const wait = traced('queue', (started: Promise<void>) => started)

    async function run<T>(sessionId: string, task: (waitedMs: number) => Promise<T>): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      // The queue itself throws a refusal to the caller. Here it only ends the span.
      wait(promise).catch(() => undefined)
      try {
        return await queue.run(sessionId, waitedMs => {
          resolve()
          recordQueueWait(waitedMs)
          return task(waitedMs)
        })
      } catch (error) {
        reject(error)
        throw error
      }
    }

    fastify.decorate('sessionQueue', { run })
    fastify.addHook(
      'onClose',
      observe('chatbot_queue_length', () => queue.length),
    )
  },
  { name: 'session-queue' },
)
