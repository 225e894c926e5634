import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { closeGently } from './connections/last-reply.ts'

declare module 'fastify' {
  interface FastifyInstance {
    closing: {
      /**
       * Whether the connection closes after this request: the server stops and no other waits, or
       * most of the body is still to come.
       */
      endsWith(request: FastifyRequest): boolean
      readonly isStopping: boolean
    }
  }
}

/** 250 ms, or more on a busy machine: what arrived is read before the next turn is counted. */
const GRACE_TURNS = 25
const TURN_MS = 10
/** What is read after the reply, to keep the connection. */
const SMALL_BODY_BYTES = 65_536

/**
 * Closes connections without losing a reply. When the server stops, the last reply on each
 * connection announces it. A client without that reply may send requests for 250 ms more.
 */
export default fp(
  async fastify => {
    const { server } = fastify
    const countConnections = promisify(server.getConnections.bind(server))
    let isStopping = false

    fastify.decorate('closing', {
      get isStopping() {
        return isStopping
      },
      endsWith: request => (isStopping && fastify.pipelining.isLast(request)) || leavesBody(request),
    })
    fastify.addHook('onRequest', ({ socket }, _reply, done) => {
      // Node calls it after a reply with `connection: close`.
      socket.destroySoon = () => closeGently(socket)
      done()
    })
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      if (fastify.closing.endsWith(request)) reply.header('connection', 'close')
      done()
    })
    fastify.addHook('preClose', async () => {
      isStopping = true
      if (!server.listening) return
      // Connections that wait to be accepted are accepted in the first turn.
      for (let turn = 0; turn === 0 || (turn < GRACE_TURNS && (await countConnections()) > 0); turn++) await delay(TURN_MS)
    })
  },
  { name: 'closing', dependencies: ['pipelining'] },
)

/** Whether a reply comes before a body that is not worth the connection. */
function leavesBody({ raw }: FastifyRequest): boolean {
  const { 'content-length': length = 0, 'transfer-encoding': encoding } = raw.headers
  return !raw.complete && (encoding !== undefined || Number(length) > SMALL_BODY_BYTES)
}
