import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { roundMs } from '../../src/base/round-ms.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { toWire } from './replies/wire-names.ts'
import { SearchQuery, SearchReplySchema } from './schemas/schemas.ts'

/** `GET /search`: the passages that match a query best, without a session. */
export default fp(
  (async fastify => {
    grant(fastify, ['chat', 'curator'])
    fastify.get(
      '/search',
      { schema: { ...describeOperation('search', { 200: SearchReplySchema }), querystring: SearchQuery } },
      async request => {
        const started = performance.now()
        const { passages, corrections } = await fastify.answering.retrieve(request.query.q, request.query.limit, {
          syntax: true,
        })
        const results = passages.map(({ documentId, title, location, text, score }) => ({
          documentId,
          title,
          location,
          passage: text,
          score,
        }))
        return toWire({ results, corrections, tookMs: roundMs(performance.now() - started) })
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'search-routes', dependencies: ['answering'], encapsulate: true },
)
