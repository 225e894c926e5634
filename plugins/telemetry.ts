import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { recordRequest } from '../otel/metrics.ts'
import { type RequestSpan, startRequestSpan } from '../otel/request-span.ts'
import { judgeFailuresBy, redactTextBy } from '../otel/tracing.ts'
import { type LogContext, withLogContext } from '../src/logging/log-context.ts'
import { createRedactor } from '../src/logging/redactor.ts'
import { isServerFault, NO_TRACE } from './http/error-reply.ts'
import { roundMs } from './http/round-ms.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** 32 hexadecimal digits; zeros where nothing is traced. */
    traceId: string
    /** Runs a function with this request's span and ids around it, for when Fastify calls from outside of them. */
    enter<T>(fn: () => T): T
    span: RequestSpan | undefined
    /** Whether the last byte of the reply has been handed to the system. */
    isServed: boolean
  }
  interface FastifyContextConfig {
    /** The route is asked every few seconds by programs: no span, and a line at DEBUG only. */
    watched?: boolean
  }
}

/** What proxies log for a reply that nobody waited for; it is never sent. */
const ABANDONED = 499

/** What can be seen of a request from outside: the root span of its trace, its point in the metrics, its one line in the log. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'http' })
    judgeFailuresBy(isServerFault)
    redactTextBy(createRedactor().text)
    fastify.decorateRequest('traceId', NO_TRACE)
    fastify.decorateRequest('span', undefined)
    fastify.decorateRequest('isServed', false)
    fastify.decorateRequest('enter', run => run())

    fastify.addHook('onRequest', function beginRequest(request, reply, done) {
      const { method, headers } = request
      const ids: LogContext = { request_id: request.id }
      const span = request.routeOptions.config.watched
        ? undefined
        : startRequestSpan({ method, route: request.routeOptions.url, headers })
      request.span = span
      request.traceId = span?.traceId ?? NO_TRACE
      request.enter = run => withLogContext(ids, () => (span === undefined ? run() : span.run(run)))
      reply.headers({ 'x-request-id': request.id, 'x-trace-id': request.traceId })
      // A client that goes away before it has its reply takes `onResponse` with it, at whatever point of the road that happens.
      reply.raw.once('close', () => {
        if (!request.isServed) request.enter(() => tellAbandoned(request, reply))
      })
      request.enter(done)
    })

    // The body arrives in events of the socket, which know nothing of the request: its context has to be entered anew.
    fastify.addHook('preValidation', function resumeContext(request, _reply, done) {
      request.enter(done)
    })

    fastify.addHook('onResponse', function endRequest(request, reply, done) {
      request.isServed = true
      request.enter(() => tell(request, reply, reply.statusCode))
      done()
    })

    function tellAbandoned(request: FastifyRequest, reply: FastifyReply): void {
      const { method, routeOptions, span } = request
      const route = routeOptions.url
      span?.end({ route, statusCode: ABANDONED })
      recordRequest(route, ABANDONED, reply.elapsedTime)
      log.info(
        {
          function: 'end_abandoned',
          method,
          route: route ?? 'unmatched',
          status: ABANDONED,
          took_ms: roundMs(reply.elapsedTime),
        },
        'Client went away before its reply',
      )
    }

    function tell(request: FastifyRequest, reply: FastifyReply, status: number): void {
      const { failure, method, routeOptions } = request
      const route = routeOptions.url
      const facts = {
        function: 'end_request',
        method,
        route: route ?? 'unmatched',
        status,
        took_ms: roundMs(reply.elapsedTime),
      }
      request.span?.end({ route, statusCode: status, error: failure })
      recordRequest(route, status, reply.elapsedTime)
      if (failure !== undefined && status >= 500)
        log.error({ ...facts, code: failure.code, err: failure.cause ?? failure }, failedMessage(failure.code))
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

function failedMessage(code: string): string {
  return code === 'INTERNAL_ERROR' ? 'Unhandled error: the request failed' : `An error occurred: ${code}`
}
