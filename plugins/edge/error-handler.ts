import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import { ErrorReplySchema } from '../routes/schemas/schemas.ts'
import { ERROR_STATUSES, toChatError, toErrorReply } from './replies/error-reply.ts'

/** Replies to thrown errors, unknown routes and wrong methods with an error of the same shape. */
export default fp(
  async fastify => {
    // Errors are serialized by this schema on every route: a field that it does not name cannot
    // leak.
    fastify.addHook('onRoute', route => {
      const response = { '4xx': ErrorReplySchema, '5xx': ErrorReplySchema, ...(route.schema?.response as object | undefined) }
      route.schema = { ...route.schema, response }
    })
    fastify.setErrorHandler((thrown, request, reply) => {
      const error = toChatError(thrown)
      request.telemetry.failure = error
      if (error.retryAfterS !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterS)))
      const ids = { requestId: request.id, traceId: request.telemetry.span?.traceId }
      return reply.code(ERROR_STATUSES[error.code]).send(toErrorReply(error, ids))
    })
    fastify.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '/'
      const allowed = fastify.supportedMethods.filter(method => fastify.findRoute({ method, url: path }) !== null)
      // A plugin may find no file although the route exists.
      if (allowed.length === 0 || allowed.includes(request.method)) throw new ChatError('ROUTE_NOT_FOUND')
      reply.header('allow', allowed.join(', '))
      throw new ChatError('METHOD_NOT_ALLOWED')
    })
  },
  { name: 'error-handler', dependencies: ['telemetry'] },
)
