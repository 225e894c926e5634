import helmet from '@fastify/helmet'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { PAGE_HEADERS } from '../access/callers/page-headers.ts'
import { grant } from '../access/callers/route-access.ts'
import { PROBED } from '../edge/replies/probed.ts'
import { ICON, LANDING_PAGE_POLICY, renderLandingPage } from './documentation/landing-page.ts'
import { findLiveExamples } from './documentation/live-examples.ts'

/**
 * A host name or address with an optional port. Anything else in a Host header is not put into the
 * page.
 */
const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i

/** `GET /`: a page that says what this server is and links to its documentation; and its icon. */
export default fp(
  (async fastify => {
    grant(fastify, 'everyone')
    await fastify.register(helmet, PAGE_HEADERS)
    fastify.get('/', { schema: { hide: true } }, async ({ host, protocol }, reply) => {
      reply.type('text/html; charset=utf-8').header('content-security-policy', LANDING_PAGE_POLICY)
      const { message } = await findLiveExamples(fastify.knowledge)
      return renderLandingPage(`${protocol}://${HOST.test(host) ? host : 'localhost'}`, message)
    })

    // Browsers request it for every page.
    fastify.get('/favicon.ico', { schema: { hide: true }, config: PROBED }, async (_, reply) => {
      reply.type('image/svg+xml')
      return ICON
    })
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'home-routes', dependencies: ['knowledge'], encapsulate: true },
)
