import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { recordRequest } from '../otel/metrics.ts'
import { type RequestSpan, startRequestSpan } from '../otel/request-span.ts'
import { judgeFailuresBy, redactTextBy } from '../otel/tracing.ts'
import { type LogContext, withLogContext } from '../src/logging/log-context.ts'
import { createRedactor } from '../src/logging/redactor.ts'
import { isServerFault } from './http/error-reply.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** 32 hexadecimal digits; zeros where nothing is traced. */
    traceId: string
    /** Runs a function with this request's span and ids around it, for when Fastify calls from outside of them. */
    enter<T>(fn: () => T): T
    span: RequestSpan | undefined
  }
  interface FastifyContextConfig {
    /** The route is asked every few seconds by programs: no span, and a line at DEBUG only. */
    watched?: boolean
  }
}

const NO_TRACE = '0'.repeat(32)

/** What can be seen of a request from outside: the root span of its trace, its point in the metrics, its one line in the log. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'http' })
    judgeFailuresBy(isServerFault)
    redactTextBy(createRedactor().text)
    fastify.decorateRequest('traceId', NO_TRACE)
    fastify.decorateRequest('span', undefined)
    fastify.decorateRequest('enter', run => run())

    fastify.addHook('onRequest', function beginRequest(request, reply, done) {
      const { method, headers, url } = request
      const ids: LogContext = { request_id: request.id }
      const span = request.routeOptions.config.watched
        ? undefined
        : startRequestSpan({ method, path: url.split('?', 1)[0] ?? '/', headers })
      request.span = span
      request.traceId = span?.traceId ?? NO_TRACE
      request.enter = run => withLogContext(ids, () => (span === undefined ? run() : span.run(run)))
      reply.headers({ 'x-request-id': request.id, 'x-trace-id': request.traceId })
      request.enter(done)
    })

    // The body arrives in events of the socket, which know nothing of the request: its context has to be entered anew.
    fastify.addHook('preValidation', function resumeContext(request, _reply, done) {
      request.enter(done)
    })

    fastify.addHook('onResponse', function endRequest(request, reply, done) {
      request.enter(() => tell(request, reply, reply.statusCode))
      done()
    })

    // The client is gone, and `onResponse` with it.
    fastify.addHook('onRequestAbort', function endAborted(request, done) {
      request.enter(() => {
        request.span?.end({ route: request.routeOptions.url, statusCode: 499 })
        log.info(
          { function: 'end_aborted', method: request.method, route: request.routeOptions.url },
          'Client went away before its reply',
        )
      })
      done()
    })

    function tell(request: FastifyRequest, reply: FastifyReply, status: number): void {
      const { failure, method, routeOptions } = request
      const route = routeOptions.url
      const facts = {
        function: 'end_request',
        method,
        route: route ?? 'unmatched',
        status,
        took_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      }
      request.span?.end({ route, statusCode: status, error: failure })
      recordRequest(route, status, reply.elapsedTime)
      if (status >= 500)
        log.error({ ...facts, code: failure?.code, err: failure?.cause ?? failure }, failedMessage(failure?.code))
      else if (failure !== undefined)
        log.info(
          { ...facts, code: failure.code, ...(Object.keys(failure.facts).length > 0 && { problem: failure.facts }) },
          'Request refused',
        )
      else if (routeOptions.config.watched) log.debug(facts, 'Request served')
      else log.info(facts, 'Request served')
    }
  },
  { name: 'telemetry' },
)

function failedMessage(code: string | undefined): string {
  return code === 'INTERNAL_ERROR' ? 'Unhandled error: the request failed' : `An error occurred: ${code ?? 'unknown'}`
}
