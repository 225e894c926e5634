import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { discardInput } from './connections/last-reply.ts'
import { createPipelines, type Pipelines } from './connections/pipeline.ts'
import { createTurnTaking } from './connections/turn-taking.ts'

declare module 'fastify' {
  interface FastifyInstance {
    pipelining: Pick<Pipelines, 'enterLast'> & {
      /** Runs `start` when the earlier requests of the connection have been answered. */
      enter(request: FastifyRequest, reply: FastifyReply, start: () => void): void
      /** Whether this request is one too many on its connection, which closes after its reply. */
      isRefused(request: FastifyRequest): boolean
      /** Whether no other request of the connection waits for this one. */
      isLast(request: FastifyRequest): boolean
      /** The reply to the last request, if its body has not been received in full. */
      findUnfinished(connection: Socket): FastifyReply | undefined
    }
  }
}

/**
 * Requests that may wait on a connection for the replies to earlier ones: more than usual clients
 * pipeline.
 */
const MAX_WAITING = 100
/** Requests that may wait on all connections. They take up to 100 MB. */
const MAX_WAITING_IN_ALL = 10_000

/** Starts the requests of a connection one after the other. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'connections' })
    const pipelines = createPipelines({ waiting: MAX_WAITING, waitingInAll: MAX_WAITING_IN_ALL })
    const startLater = createTurnTaking()
    // The next request has nothing of the contexts of others, such as their spans.
    const scope = new AsyncResource('pipelining')
    const refused = new WeakSet<FastifyRequest>()
    const last = new WeakMap<Socket, FastifyReply>()

    function enter(request: FastifyRequest, reply: FastifyReply, start: () => void): void {
      const { socket } = request
      const isLast = pipelines.enter(socket, isRefused => {
        if (isRefused) refused.add(request)
        last.set(socket, reply)
        // Emitted when the reply has been handed to the operating system, or the client has gone.
        // The next request starts in a later pass of the event loop, which serves others first.
        reply.raw.once('close', () =>
          pipelines.isLast(socket) ? leave(socket) : startLater(() => scope.runInAsyncScope(leave, undefined, socket)),
        )
        start()
      })
      if (isLast) discardInput(socket)
    }

    function leave(socket: Socket): void {
      // Some errors are sent before the body has arrived. Bytes in it are no further request.
      if (last.get(socket)?.request.raw.complete) last.delete(socket)
      const requests = pipelines.leave(socket)
      if (requests > 0) log.info({ function: 'leave', requests }, 'Waiting requests dropped: their connection closed')
    }

    fastify.decorate('pipelining', {
      enter,
      enterLast: pipelines.enterLast,
      isRefused: request => refused.has(request),
      isLast: ({ socket }) => pipelines.isLast(socket),
      findUnfinished(connection) {
        const reply = last.get(connection)
        return reply?.request.raw.complete ? undefined : reply
      },
    })
    fastify.addHook('onRequest', enter)
  },
  { name: 'pipelining' },
)
