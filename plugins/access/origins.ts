import cors from '@fastify/cors'
import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { createCrossSiteCheck, parseOrigins } from './callers/origins.ts'

/** How long a browser may remember what is allowed. */
const PREFLIGHT_AGE_S = 600
const REQUEST_HEADERS = ['authorization', 'content-type', 'idempotency-key', 'traceparent', 'x-request-id', 'x-session-id']
const REPLY_HEADERS = [
  'idempotent-replay',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'server-timing',
  'x-request-id',
  'x-trace-id',
  'x-turn-id',
]

/**
 * Web pages of other sites: those in CORS_ORIGINS may use the API, with a key but without cookies.
 * Others cannot read replies, and requests that change something are refused.
 */
export default fp<{ readonly config: Pick<Config, 'corsOrigins'> }>(
  async (fastify, { config }) => {
    const origins = parseOrigins(config.corsOrigins)
    if (origins.length > 0) {
      await fastify.register(cors, {
        origin: [...origins],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
        allowedHeaders: REQUEST_HEADERS,
        exposedHeaders: REPLY_HEADERS,
        credentials: false,
        maxAge: PREFLIGHT_AGE_S,
        strictPreflight: false,
      })
    }
    const isCrossSite = createCrossSiteCheck(origins)
    fastify.addHook('onRequest', (request, _reply, done) => {
      done(isCrossSite(request) ? new ChatError('ORIGIN_NOT_ALLOWED') : undefined)
    })
  },
  { name: 'origins' },
)
