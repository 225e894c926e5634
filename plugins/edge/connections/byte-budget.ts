import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback } from '../../../src/base/loopback.ts'
import { ChatError } from '../../../src/errors.ts'
import { networkOf } from '../../access/callers/client.ts'

export interface ByteBudget {
  /**
   * @throws {ChatError} OVERLOADED if so many bytes more would exceed the limit, or for an address
   *   of another machine half of it: one client leaves room for others.
   */
  check(bytes: number, request: FastifyRequest): void
  /** Counts bytes until the reply has been sent, or its client has left. */
  hold(bytes: number, request: FastifyRequest, reply: FastifyReply): void
}

const RETRY_AFTER_S = 5

/** Creates a limit for bytes in memory. `pressure` names them in the log. */
export function createByteBudget(limit: number, pressure: string): ByteBudget {
  const heldBy = new Map<string, number>()
  let held = 0

  function add(bytes: number, address: string | undefined): void {
    held += bytes
    if (address === undefined) return
    const own = (heldBy.get(address) ?? 0) + bytes
    if (own > 0) heldBy.set(address, own)
    else heldBy.delete(address)
  }

  return {
    check(bytes, request) {
      const own = heldBy.get(remoteNetworkOf(request) ?? '') ?? 0
      if (held + bytes <= limit && own + bytes <= limit / 2) return
      throw new ChatError('OVERLOADED', { retryAfterS: RETRY_AFTER_S, facts: { pressure, held, own } })
    },
    hold(bytes, request, { raw }) {
      // The client has left, and `close` has been emitted.
      if (raw.destroyed) return
      const address = remoteNetworkOf(request)
      add(bytes, address)
      raw.once('close', () => add(-bytes, address))
    },
  }
}

/** Undefined on this machine, where a proxy may connect for all clients. */
function remoteNetworkOf(request: FastifyRequest): string | undefined {
  const network = networkOf(request)
  return isLoopback(network) ? undefined : network
}
