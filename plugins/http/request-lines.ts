import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { roundMs } from '../../src/round-ms.ts'

/** Writes the one line about a request that has its reply: an error, with what went wrong, where the server is at fault. */
export function logServed(log: FastifyBaseLogger, request: FastifyRequest, reply: FastifyReply): void {
  const { failure, routeOptions } = request
  const facts = { function: 'end_request', ...describe(request, reply, reply.statusCode) }
  if (failure !== undefined && reply.statusCode >= 500)
    log.error({ ...facts, code: failure.code, err: failure.cause ?? failure }, failedMessage(failure.code))
  else if (failure !== undefined)
    log.info(
      { ...facts, code: failure.code, ...(Object.keys(failure.facts).length > 0 && { problem: failure.facts }) },
      'Request refused',
    )
  else if (routeOptions.config.probed) log.debug(facts, 'Request served')
  else log.info(facts, 'Request served')
}

/** Writes the one line about a request whose client did not wait for its reply. */
export function logAbandoned(log: FastifyBaseLogger, request: FastifyRequest, reply: FastifyReply, status: number): void {
  log.info({ function: 'end_abandoned', ...describe(request, reply, status) }, 'Client went away before its reply')
}

function describe({ method, routeOptions }: FastifyRequest, reply: FastifyReply, status: number) {
  return { method, route: routeOptions.url ?? 'unmatched', status, took_ms: roundMs(reply.elapsedTime) }
}

function failedMessage(code: string): string {
  return code === 'INTERNAL_ERROR' ? 'Unhandled error: the request failed' : `An error occurred: ${code}`
}
