import { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'

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
const RETRY_AFTER_S = 5

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is refused before its work, which takes 15 ms, if such a reply has no room. */
    hasLargeReply?: true
  }
}

/** Limits the memory that bodies and unread replies take, and refuses what exceeds it with 503. */
export default fp(
  async fastify => {
    const bodies = createBudget(MAX_BODY_BYTES, 'bodies')
    const replies = createBudget(MAX_REPLY_BYTES, 'replies')

    fastify.addHook('onRequest', async ({ routeOptions }) => {
      if (routeOptions.config.hasLargeReply) replies.check(LARGEST_REPLY_BYTES)
    })
    fastify.addHook('preParsing', async ({ headers, routeOptions }, reply) => {
      const isChunked = headers['transfer-encoding'] !== undefined
      // A length above the limit of the route gets 413.
      const declared = isChunked ? routeOptions.bodyLimit : Number(headers['content-length'] ?? 0)
      if (declared <= SMALL_BYTES || declared > routeOptions.bodyLimit) return
      bodies.check(declared)
      bodies.hold(declared, reply)
    })
    fastify.addHook('onSend', async ({ method, socket }, reply, payload) => {
      // Buffers are files of the documentation, which all replies share.
      if (typeof payload !== 'string' || payload.length <= SMALL_BYTES) return
      const bytes = Buffer.byteLength(payload)
      // Other methods have had their effect: their clients would repeat what is already done.
      if (method === 'GET') replies.check(bytes)
      replies.hold(bytes, reply)
      // Requests of `app.inject` have no real socket.
      if (socket instanceof Socket) limitStall(socket, reply, fastify.server.timeout)
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

/** Creates a limit for bytes that are held until their reply has been sent. */
function createBudget(limit: number, pressure: string) {
  let held = 0
  return {
    /** @throws ChatError OVERLOADED if so many bytes more would exceed the limit. */
    check(bytes: number): void {
      if (held + bytes > limit) throw new ChatError('OVERLOADED', { retryAfterS: RETRY_AFTER_S, facts: { pressure, held } })
    },
    hold(bytes: number, { raw }: FastifyReply): void {
      // The client has left, and `close` has been emitted.
      if (raw.destroyed) return
      held += bytes
      raw.once('close', () => {
        held -= bytes
      })
    },
  }
}
