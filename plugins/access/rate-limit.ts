import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isAccessOff } from '../../src/access/access-mode.ts'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { networkOf } from '../http/access/client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a request of a route that limits conversations: all users of another system come from
     * its networks. Counts the network if the conversation is not known.
     * @throws {ChatError} RATE_LIMITED
     */
    countRequest(request: FastifyRequest, reply: FastifyReply, conversation?: string): Promise<void>
  }
  interface FastifyContextConfig {
    /** The route counts its requests by itself. */
    limitsConversations?: true
  }
}

const WINDOW_MS = 60_000
/** Requests in a minute with access control. */
const DEFAULT_LIMIT = 300
/** Clients that are counted, about 2 MB; the one that was seen last longest ago is forgotten. */
const MAX_CLIENTS = 10_000

/**
 * Limits the requests in a minute: of each key, or without a key of each network. Probes do not
 * count.
 */
export default fp<{ readonly config: Pick<Config, 'access' | 'host' | 'rateLimitPerMinute'> }>(
  async (fastify, { config }) => {
    const usual = config.rateLimitPerMinute ?? (isAccessOff(config) ? 0 : DEFAULT_LIMIT)
    const limitOf = ({ caller }: FastifyRequest) => caller.ratePerMinute ?? usual
    const conversations = new WeakMap<FastifyRequest, string>()
    await fastify.register(rateLimit, {
      global: false,
      cache: MAX_CLIENTS,
      timeWindow: WINDOW_MS,
      max: limitOf,
      keyGenerator: request => conversations.get(request) ?? request.caller.keyId ?? networkOf(request) ?? '',
    })
    const count = fastify.createRateLimit()

    async function check(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const counted = await count(request)
      // Allowed means that the client is on a list of exceptions. There is none.
      if (counted.isAllowed) return
      const { max: limit, remaining, ttlInSeconds: resetS, isExceeded } = counted
      reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': resetS })
      if (!isExceeded) return
      throw new ChatError('RATE_LIMITED', { retryAfterS: resetS, facts: { limit } })
    }

    fastify.decorate('countRequest', async (request, reply, conversation) => {
      if (conversation !== undefined) conversations.set(request, conversation)
      if (limitOf(request) > 0) await check(request, reply)
    })
    fastify.addHook('onRequest', (request, reply, done) => {
      const { probed, limitsConversations } = request.routeOptions.config
      if (probed || limitsConversations || limitOf(request) === 0) return done()
      check(request, reply).then(() => done(), done)
    })
  },
  { name: 'rate-limit', dependencies: ['access'] },
)
