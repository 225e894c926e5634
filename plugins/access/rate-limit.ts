import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { isAccessOff } from '../../src/access/access-mode.ts'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { networkOf } from './callers/client.ts'
import type { RateLimiter } from './callers/rate-limiter.ts'

declare module 'fastify' {
  interface FastifyInstance {
    rateLimiter: RateLimiter
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

/** What a request counts for. A rate of 0 removes the limit. */
type Counted = { readonly name: string; readonly perMinute: number }

/** Limits the requests in a minute: of each key, or without a key of each network. */
export default fp<{ readonly config: Pick<Config, 'access' | 'host' | 'rateLimitPerMinute'> }>(
  async (fastify, { config }) => {
    const usual = config.rateLimitPerMinute ?? (isAccessOff(config) ? 0 : DEFAULT_LIMIT)
    const counts = new WeakMap<FastifyRequest, Counted>()
    /** When the minute of a network or key ends that has no request left in it. */
    const spent = new LRUCache<string, number>({ max: MAX_CLIENTS })
    await fastify.register(rateLimit, {
      global: false,
      cache: MAX_CLIENTS,
      timeWindow: WINDOW_MS,
      max: request => counts.get(request)?.perMinute ?? usual,
      keyGenerator: request => counts.get(request)?.name ?? '',
    })
    const count = fastify.createRateLimit()
    const refuse = (limit: number, retryAfterS: number) => new ChatError('RATE_LIMITED', { retryAfterS, facts: { limit } })

    async function check(request: FastifyRequest, reply: FastifyReply, counted: Counted): Promise<void> {
      counts.set(request, counted)
      const result = await count(request)
      if (result.isAllowed) return // On a list of exceptions. There is none.
      const { max: limit, remaining, ttlInSeconds: resetS, isExceeded } = result
      if (remaining === 0) spent.set(counted.name, performance.now() + resetS * 1000)
      if (!reply.sent) reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': resetS })
      if (isExceeded) throw refuse(limit, resetS)
    }

    fastify.decorate('rateLimiter', {
      async countRequest(request, reply, conversation) {
        if (usual > 0) await check(request, reply, { name: conversation ?? networkOf(request) ?? '', perMinute: usual })
      },
      countCaller(request, reply, { keyId, ratePerMinute: perMinute = usual }) {
        const { probed, limitsConversations } = request.routeOptions.config
        if (probed || limitsConversations || perMinute === 0) return undefined
        return check(request, reply, { name: keyId ?? networkOf(request) ?? '', perMinute })
      },
      countRefusal(request, reply, refusal) {
        const name = typeof refusal.facts.key_id === 'string' ? refusal.facts.key_id : (networkOf(request) ?? '')
        const leftMs = (spent.get(name) ?? 0) - performance.now()
        if (usual > 0 && leftMs > 0) return refuse(usual, Math.ceil(leftMs / 1000))
        // The request is refused in any case; the next one gets RATE_LIMITED by `spent`.
        if (usual > 0) check(request, reply, { name, perMinute: usual }).catch(() => {})
        return refusal
      },
    })
  },
  { name: 'rate-limit' },
)
