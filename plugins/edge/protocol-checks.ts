import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import { refuseConnection } from './replies/framework-errors.ts'

/** Refuses requests that break the rules of HTTP, or are too many on their connection. */
export default fp(
  async fastify => {
    function findProblem(request: FastifyRequest): ChatError | undefined {
      const { expect } = request.headers
      if (fastify.pipelining.isRefused(request)) return new ChatError('TOO_MANY_PIPELINED')
      const malformed = describeMalformed(request.raw)
      if (malformed !== undefined) return new ChatError('MALFORMED_REQUEST', { message: malformed })
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

/**
 * RFC 9112, sections 3.2, 3.2.2, 3.2.4 and 6.3, and RFC 9110, section 11.6.2. Node's parser accepts
 * these. Of two headers it keeps the first, while a proxy may judge a request by the second.
 * An unknown transfer encoding it refuses only after the request has begun.
 */
function describeMalformed({ headers, rawHeaders, httpVersion, method, url = '' }: IncomingMessage): string | undefined {
  if (headers.host === undefined && httpVersion === '1.1') return 'The Host header is missing'
  if (countHeader(rawHeaders, 'host') > 1) return 'There is more than one Host header'
  if (countHeader(rawHeaders, 'authorization') > 1) return 'There is more than one Authorization header'
  const encoding = headers['transfer-encoding']
  if (encoding !== undefined && !/(?:^|[\s,])chunked\s*$/i.test(encoding)) return 'The last Transfer-Encoding must be chunked'
  if (url.startsWith('/')) return undefined
  if (url === '*') return method === 'OPTIONS' ? undefined : 'Only OPTIONS may have the target *'
  const [, target] = /^\w+:\/\/([^/?#]*)/.exec(url) ?? []
  return target?.toLowerCase() === headers.host?.toLowerCase() ? undefined : 'The target and the Host header name different hosts'
}

function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === name.length && rawHeaders[i]?.toLowerCase() === name) count++
  return count
}
