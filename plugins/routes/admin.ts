import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { fromWire, toWire } from './replies/wire-names.ts'
import { LogLevelBody, LogLevelSchema } from './schemas/service-schemas.ts'

/** Administration of a running server. These routes need a key, or the token of the machine. */
export default fp(
  (async fastify => {
    grant(fastify, ['operator'])
    const show = () => {
      const { base, overrides } = fastify.logLevel.show()
      return toWire({
        level: base,
        overrides: overrides.map(({ until, ...scope }) => ({ ...scope, until: new Date(until).toISOString() })),
      })
    }

    fastify.get('/admin/log-level', { schema: describeOperation('getLogLevel', { 200: LogLevelSchema }) }, async () => show())

    fastify.put(
      '/admin/log-level',
      {
        schema: { ...describeOperation('setLogLevel', { 200: LogLevelSchema }), body: LogLevelBody },
        bodyLimit: 16_384,
      },
      async request => {
        await fastify.logLevel.change(fromWire(request.body))
        return show()
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'admin-routes', dependencies: ['log-level'], encapsulate: true },
)
