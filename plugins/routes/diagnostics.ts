import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { HelloSchema } from './schemas/service-schemas.ts'

/** Two routes to try out logs and error handling: one succeeds, one fails on purpose. */
export default fp(
  (async fastify => {
    grant(fastify, ['operator'])
    fastify.get('/hello', { schema: describeOperation('hello', { 200: HelloSchema }) }, async request => {
      request.log.info({ module: 'diagnostics', function: 'hello' }, 'Hello endpoint was called')
      return { message: 'Hello!' }
    })

    fastify.get('/cause-error', { schema: describeOperation('causeError', {}) }, async () => {
      throw new ChatError('DIAGNOSTIC_ERROR', { cause: new Error('this route fails on purpose') })
    })
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'diagnostics-routes', encapsulate: true },
)
