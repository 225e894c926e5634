import { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { createByteBudget } from './connections/byte-budget.ts'

declare module 'fastify' {
  interface FastifyInstance {
    heldBytes: {
      /** Hook of a route with large replies: refuses a request whose reply would have no room. */
      checkReply(request: FastifyRequest): Promise<void>
    }
  }
}

/** Bytes of all large bodies that are being received or handled: eight of the largest. */
const MAX_BODY_BYTES = 67_108_864
/** Bytes of all large replies that their clients have not read. */
const MAX_REPLY_BYTES = 67_108_864
/** Bodies and replies of up to this size are not counted: connections are limited too. */
const SMALL_BYTES = 16_384
/** How long a client may read nothing of a large reply. */
const REPLY_STALL_MS = 10_000
/** A document of 2,000,000 characters takes this as JSON, if each is escaped or has three bytes. */
const LARGEST_REPLY_BYTES = 8_388_608

/**
 * Limits the memory that bodies and unread replies take, and refuses what exceeds it with 503. A
 * client on another machine gets at most half.
 */
export default fp(
  async fastify => {
    const bodies = createByteBudget(MAX_BODY_BYTES, 'bodies')
    const replies = createByteBudget(MAX_REPLY_BYTES, 'replies')

    fastify.decorate('heldBytes', { checkReply: async request => replies.check(LARGEST_REPLY_BYTES, request) })
    fastify.addHook('preParsing', async (request, reply) => {
      const { headers, routeOptions } = request
      const isChunked = headers['transfer-encoding'] !== undefined
      // A length above the limit of the route gets 413.
      const declared = isChunked ? routeOptions.bodyLimit : Number(headers['content-length'] ?? 0)
      if (declared <= SMALL_BYTES || declared > routeOptions.bodyLimit) return
      bodies.check(declared, request)
      bodies.hold(declared, request, reply)
    })
    fastify.addHook('onSend', async (request, reply, payload) => {
      // Buffers are files of the documentation, which all replies share.
      if (typeof payload !== 'string' || payload.length <= SMALL_BYTES) return
      const bytes = Buffer.byteLength(payload)
      // Other methods have had their effect: their clients would repeat what is already done.
      if (request.method === 'GET') replies.check(bytes, request)
      replies.hold(bytes, request, reply)
      // Requests of `app.inject` have no real socket.
      if (request.socket instanceof Socket) limitStall(request.socket, reply, fastify.server.timeout)
    })
  },
  { name: 'held-bytes', dependencies: ['error-handler'] },
)

/** Limits how long the client may read nothing of this reply; `usualMs` applies after it. */
function limitStall(socket: Socket, { raw }: FastifyReply, usualMs: number): void {
  socket.setTimeout(REPLY_STALL_MS)
  // Before Node's listener, which sets the timeout of idle connections.
  raw.prependOnceListener('finish', () => socket.setTimeout(usualMs))
}
