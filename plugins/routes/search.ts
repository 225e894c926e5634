import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { roundMs } from '../../src/round-ms.ts'
import { SearchQuery, SearchReplySchema } from '../http/schemas.ts'
import { toWire } from '../http/wire-names.ts'

/** `GET /search`: the best passages for some words, without a session. */
export default (async fastify => {
  fastify.get(
    '/search',
    { schema: { tags: ['documents'], summary: 'Find passages', querystring: SearchQuery, response: { 200: SearchReplySchema } } },
    async request => {
      const started = performance.now()
      const { passages, corrections } = await fastify.searchEngine.retrieve(request.query.q, request.query.limit, {
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
}) satisfies FastifyPluginAsyncTypebox
