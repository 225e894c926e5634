import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isAccessOff } from '../../src/access/access-mode.ts'
import type { Caller } from '../../src/access/keyring.ts'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { networkOf } from '../http/access/client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a request of a caller, or of a refused one if it is undefined: of its key, else of its
     * network. Probes do not count, nor do routes that limit conversations.
     * @throws {ChatError} RATE_LIMITED
     */
    countCaller(request: FastifyRequest, reply: FastifyReply, caller: Caller | undefined): Promise<void> | undefined
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

/** What a request counts for. */
interface Counted {
  readonly name: string
  /** 0 removes the limit. */
  readonly perMinute: number
}

/** Limits the requests in a minute: of each key, or without a key of each network. */
export default fp<{ readonly config: Pick<Config, 'access' | 'host' | 'rateLimitPerMinute'> }>(
  async (fastify, { config }) => {
    const usual = config.rateLimitPerMinute ?? (isAccessOff(config) ? 0 : DEFAULT_LIMIT)
    const counts = new WeakMap<FastifyRequest, Counted>()
    await fastify.register(rateLimit, {
      global: false,
      cache: MAX_CLIENTS,
      timeWindow: WINDOW_MS,
      max: request => counts.get(request)?.perMinute ?? usual,
      keyGenerator: request => counts.get(request)?.name ?? '',
    })
    const count = fastify.createRateLimit()

    async function check(request: FastifyRequest, reply: FastifyReply, counted: Counted): Promise<void> {
      counts.set(request, counted)
      const result = await count(request)
      if (result.isAllowed) return // On a list of exceptions. There is none.
      const { max: limit, remaining, ttlInSeconds: resetS, isExceeded } = result
      reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': resetS })
      if (isExceeded) throw new ChatError('RATE_LIMITED', { retryAfterS: resetS, facts: { limit } })
    }

    fastify.decorate('countRequest', async (request, reply, conversation) => {
      const name = conversation ?? networkOf(request) ?? ''
      if (usual > 0) await check(request, reply, { name, perMinute: usual })
    })
    fastify.decorate('countCaller', (request, reply, { keyId, ratePerMinute: perMinute = usual } = {}) => {
      const { probed, limitsConversations } = request.routeOptions.config
      if (probed || limitsConversations || perMinute === 0) return undefined
      return check(request, reply, { name: keyId ?? networkOf(request) ?? '', perMinute })
    })
  },
  { name: 'rate-limit' },
)
