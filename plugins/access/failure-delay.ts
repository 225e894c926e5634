import fp from 'fastify-plugin'
import { recordSecurityEvent } from '../../otel/recording.ts'
import { createFailureDelay } from '../../src/access/failure-delay.ts'
import { ChatError, type ErrorCode } from '../../src/errors.ts'
import { describeClient, networkOf } from './callers/client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls `reply` at once, or later if the client tries many credentials. */
    failureDelay(request: FastifyRequest, error: unknown, reply: () => void): void
  }
}

const GUESSED = new Set<ErrorCode>(['UNAUTHENTICATED', 'SIGNATURE_INVALID'])

/** Replies late to clients that guess keys. */
export default fp(
  async fastify => {
    const fail = createFailureDelay({
      now: () => performance.now(),
      setTimer: (run, afterMs) => void setTimeout(run, afterMs),
      onDelay: () => recordSecurityEvent('authentication_delayed'),
    })
    fastify.decorate('failureDelay', (request, error, reply) => {
      // A request without a credential guesses nothing.
      const isGuess = error instanceof ChatError && GUESSED.has(error.code) && error.facts.reason !== 'missing'
      if (isGuess) fail(describeClient(networkOf(request), fastify.pseudonym), reply)
      else reply()
    })
  },
  { name: 'failure-delay', dependencies: ['pseudonym'] },
)
