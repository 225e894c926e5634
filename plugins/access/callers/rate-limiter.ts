import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../../src/access/keyring.ts'
import type { ChatError } from '../../../src/errors.ts'

/** Counts requests in a minute. */
export interface RateLimiter {
  /**
   * Counts a request of a caller: of its key, else of its network. Undefined for probes, and for
   * routes that limit conversations, which do not count here.
   * @throws {ChatError} RATE_LIMITED
   */
  countCaller(request: FastifyRequest, reply: FastifyReply, caller: Caller): Promise<void> | undefined
  /**
   * Counts a refused request: for its key if its role was refused, else for its network. Returns
   * the refusal, or RATE_LIMITED if there were too many. Does not wait: a body that follows may not
   * change the status.
   */
  countRefusal(request: FastifyRequest, reply: FastifyReply, refusal: ChatError): ChatError
  /**
   * Counts a request of a route that limits conversations: all users of another system come from
   * its networks. Counts the network if the conversation is not known.
   * @throws {ChatError} RATE_LIMITED
   */
  countRequest(request: FastifyRequest, reply: FastifyReply, conversation?: string): Promise<void>
}
