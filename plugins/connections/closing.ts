import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import fp from 'fastify-plugin'
import { closeGently } from '../http/connections/last-reply.ts'

/** How long connections stay open for further requests when the server stops. */
const GRACE_MS = 250
const CHECK_INTERVAL_MS = 10

/**
 * Closes connections without losing a reply. When the server stops, the last reply on each
 * connection announces it. A client without that reply may send requests for 250 ms more.
 */
export default fp(
  async fastify => {
    const { server } = fastify
    const countConnections = promisify(server.getConnections.bind(server))
    let isStopping = false

    fastify.addHook('onRequest', ({ socket }, _reply, done) => {
      // Node calls it after a reply with `connection: close`.
      socket.destroySoon = () => closeGently(socket)
      done()
    })
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      if (isStopping && fastify.pipelining.isLast(request)) reply.header('connection', 'close')
      done()
    })
    fastify.addHook('preClose', async () => {
      isStopping = true
      const end = performance.now() + GRACE_MS
      while (server.listening && performance.now() < end && (await countConnections()) > 0) await delay(CHECK_INTERVAL_MS)
    })
  },
  { name: 'closing', dependencies: ['pipelining'] },
)
