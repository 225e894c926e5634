import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { LANDING_PAGE_POLICY, renderLandingPage } from '../http/documentation/landing-page.ts'

/**
 * A host name or address with an optional port. Anything else in a Host header is not put into the
 * page.
 */
const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i

/** `GET /`: a page that says what this server is and links to its documentation. */
export default fp(
  (async fastify => {
    fastify.get('/', { schema: { hide: true } }, async ({ host, protocol }, reply) => {
      reply.type('text/html; charset=utf-8').header('content-security-policy', LANDING_PAGE_POLICY)
      return renderLandingPage(`${protocol}://${HOST.test(host) ? host : 'localhost'}`)
    })
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'home-routes', encapsulate: true },
)
