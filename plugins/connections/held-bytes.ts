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
const RETRY_AFTER_S = 5

/** Limits the memory that bodies and unread replies take, and refuses what exceeds it with 503. */
export default fp(
  async fastify => {
    const bodies = createBudget(MAX_BODY_BYTES, 'bodies')
    const replies = createBudget(MAX_REPLY_BYTES, 'replies')

    fastify.addHook('preParsing', async ({ headers, routeOptions }, reply) => {
      const isChunked = headers['transfer-encoding'] !== undefined
      // A length above the limit of the route gets 413.
      const declared = isChunked ? routeOptions.bodyLimit : Number(headers['content-length'] ?? 0)
      if (declared > SMALL_BYTES && declared <= routeOptions.bodyLimit) bodies.take(declared, reply)
    })
    fastify.addHook('onSend', async ({ socket }, reply, payload) => {
      // Buffers are files of the documentation, which all replies share.
      if (typeof payload !== 'string' || payload.length <= SMALL_BYTES) return
      replies.take(Buffer.byteLength(payload), reply)
      // Requests of `app.inject` have no real socket.
      if (socket instanceof Socket) socket.setTimeout(REPLY_STALL_MS)
    })
  },
  { name: 'held-bytes', dependencies: ['error-handler'] },
)

/** Creates a limit for bytes that are held until their reply has been sent. */
function createBudget(limit: number, pressure: string): { take(bytes: number, reply: FastifyReply): void } {
  let held = 0
  return {
    take(bytes, { raw }) {
      if (held + bytes > limit) throw new ChatError('OVERLOADED', { retryAfterS: RETRY_AFTER_S, facts: { pressure, held } })
      held += bytes
      raw.once('close', () => {
        held -= bytes
      })
    },
  }
}
