import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import type { createRepeatedEvents } from '../../../src/access/repeated-events.ts'
import { roundMs } from '../../../src/base/round-ms.ts'
import type { ErrorCode } from '../../../src/errors.ts'
import type { Redactor } from '../../../src/logging/redaction/redactor.ts'
import { addressOf, describeClient } from '../../access/callers/client.ts'
import type { ErrorReply } from '../replies/error-reply.ts'
import { describeTarget } from './request-target.ts'

export interface RequestLines {
  /**
   * Logs a request that got its reply: at ERROR with its cause for a server error, otherwise at
   * INFO. Of the callers that are refused, the first request in a minute is logged; the others are
   * counted in one more line.
   */
  logServed(request: FastifyRequest, reply: FastifyReply): void
  /** Logs a request whose client closed the connection before the reply. */
  logAbandoned(request: FastifyRequest, reply: FastifyReply, status: number): void
  /** Logs a request that Fastify refused before the hooks ran. */
  logFrameworkError(request: FastifyRequest, reply: FastifyReply, error: ErrorReply): void
  /** Logs bytes that are not an HTTP request. */
  logClientError(socket: Socket, error: ErrorReply): void
  /** Logs the counts that are a minute old, or all. */
  logRepeated(isLast?: boolean): void
}

/** Refusals of a caller, which costs nothing to send: a line for each would fill the disk. */
const REFUSED_CALLER = new Set<ErrorCode>([
  'UNAUTHENTICATED',
  'SIGNATURE_INVALID',
  'ACCESS_DENIED',
  'HOST_NOT_ALLOWED',
  'ORIGIN_NOT_ALLOWED',
  'RATE_LIMITED',
])

/**
 * Creates the writers of the log line about a request. Each request has one line, except for
 * those of refused callers.
 * @param redactor Undefined: without path and query of a request that matched no route.
 */
export function createRequestLines(
  log: FastifyBaseLogger,
  redactor: Redactor | undefined,
  pseudonym: (identity: string) => string,
  createEvents: typeof createRepeatedEvents,
): RequestLines {
  const refusals = createEvents<ErrorCode, Record<string, unknown>>({
    now: () => performance.now(),
    report: ({ repeated }, facts) => log.info({ ...facts, ...(repeated > 0 && { repeated }) }, 'Request refused'),
  })

  function describe({ method, routeOptions, url }: FastifyRequest, client: string, status: number, elapsedMs: number) {
    // The path of a matched route is not logged: it may hold a session id, which grants access to
    // the session.
    const route = routeOptions?.url ?? 'unmatched'
    const target = route === 'unmatched' && redactor !== undefined ? describeTarget(url, redactor) : undefined
    return { method, route, ...target, status, client, took_ms: roundMs(elapsedMs) }
  }

  return {
    logServed(request, reply) {
      const { failure, client } = request.telemetry
      const facts = { function: 'end_request', ...describe(request, client, reply.statusCode, reply.elapsedTime) }
      if (failure !== undefined && reply.statusCode >= 500)
        log.error({ ...facts, code: failure.code, err: failure.cause ?? failure }, failedMessage(failure.code))
      else if (failure !== undefined) {
        const { code, facts: problem } = failure
        const refused = { ...facts, code, ...(Object.keys(problem).length > 0 && { problem }) }
        if (REFUSED_CALLER.has(code)) refusals.note(code, client, refused)
        else log.info(refused, 'Request refused')
      } else if (request.routeOptions.config.probed) log.debug(facts, 'Request served')
      else log.info(facts, 'Request served')
    },

    logAbandoned(request, reply, status) {
      const facts = describe(request, request.telemetry.client, status, reply.elapsedTime)
      log.info({ function: 'end_request', ...facts }, 'Client disconnected before the reply')
    },

    logFrameworkError(request, reply, { code, statusCode }) {
      const client = describeClient(addressOf(request), pseudonym)
      const facts = { ...describe(request, client, statusCode, reply.elapsedTime), request_id: request.id }
      log.info({ function: 'answer_framework_error', ...facts, code }, 'Request refused')
    },

    logClientError(socket, { code, statusCode, request_id }) {
      const client = describeClient(socket.remoteAddress, pseudonym)
      log.info({ function: 'answer_client_error', status: statusCode, code, client, request_id }, 'Request refused')
    },

    logRepeated: refusals.flush,
  }
}

function failedMessage(code: string): string {
  return code === 'INTERNAL_ERROR' ? 'Unhandled error: the request failed' : `An error occurred: ${code}`
}
