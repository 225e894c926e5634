import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { ChatError } from '../../src/errors.ts'

/** Two routes to try the logs and the error handler with: one that works and one that fails on purpose. */
export default (async fastify => {
  fastify.get(
    '/hello',
    { schema: { tags: ['diagnostics'], summary: 'Succeed', response: { 200: Type.Object({ message: Type.String() }) } } },
    async request => {
      request.log.info({ module: 'diagnostics', function: 'hello' }, 'Hello endpoint was called')
      return { message: 'Hello!' }
    },
  )

  fastify.get('/cause-error', { schema: { tags: ['diagnostics'], summary: 'Fail' } }, async () => {
    throw new ChatError('DIAGNOSTIC_ERROR', { cause: new Error('this route fails on purpose') })
  })
}) satisfies FastifyPluginAsyncTypebox
