import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import { refuseConnection } from '../http/framework-errors.ts'

/** Refuses requests that break the rules of HTTP, or are too many on their connection. */
export default fp(
  async fastify => {
    function findProblem(request: FastifyRequest): ChatError | undefined {
      const { host, expect } = request.headers
      if (fastify.pipelining.isRefused(request)) return new ChatError('TOO_MANY_PIPELINED')
      if (host === undefined && request.raw.httpVersion === '1.1')
        return new ChatError('MALFORMED_REQUEST', { message: 'The Host header is missing' })
      if (expect !== undefined && !/^100-continue$/i.test(expect)) return new ChatError('EXPECTATION_FAILED')
      return undefined
    }

    fastify.addHook('onRequest', (request, reply, done) => {
      const problem = findProblem(request)
      if (problem !== undefined) reply.header('connection', 'close')
      done(problem)
    })
    // Without these listeners, Node answers by itself, or not at all.
    fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response))
    fastify.server.on('connect', ({ socket }) => {
      socket.on('error', () => socket.destroy())
      refuseConnection(fastify, socket, new ChatError('METHOD_NOT_ALLOWED'))
    })
  },
  { name: 'protocol-checks', dependencies: ['pipelining', 'error-handler'] },
)
