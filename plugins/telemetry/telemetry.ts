import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { announceEndpoint, recordError, recordRequest } from '../../otel/recording.ts'
import { type RequestSpan, startRequestSpan } from '../../otel/tracing/request-span.ts'
import { setSpanRules } from '../../otel/tracing/span-rules.ts'
import { ChatError, type ErrorCode } from '../../src/errors.ts'
import { toErrorRecord } from '../../src/logging/record/error-record.ts'
import { currentLogContext, type LogContext, withLogContext } from '../../src/logging/record/log-context.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { isServerFault, NO_TRACE } from '../http/error-reply.ts'
import { logAbandoned, logServed } from '../http/request-lines.ts'

declare module 'fastify' {
  interface FastifyInstance {
    telemetry: {
      /** Counts a refusal that happened before the hooks ran. `request` is absent for bytes that are not a request. */
      recordRefusal(code: ErrorCode, request?: { readonly status: number; readonly tookMs: number }): void
      /** Whether a request of this connection is in progress. An error of the connection is then logged with that request. */
      isServing(connection: object): boolean
    }
  }
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
    probed?: boolean
  }
}

/** What proxies log for a reply that nobody waited for; it is never sent. */
const ABANDONED = 499

/** What can be seen of a request from outside: the root span of its trace, its point in the metrics, its one line in the log. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'http' })
    const { text: redactText, record: redactRecord } = createRedactor()
    const restoreSpanRules = setSpanRules({
      isServiceFault: isServerFault,
      redactText,
      // The first redacts only what it cuts.
      describeError: error => redactRecord(toErrorRecord(unwrap(error), redactText)),
      currentIds: currentLogContext,
    })
    fastify.addHook('onClose', async () => restoreSpanRules())
    announceEndpoint()
    fastify.addHook('onRoute', ({ url }) => announceEndpoint(url))
    const serving = new WeakMap<object, number>()
    // Requests may come one behind the other before any has its reply.
    const countServing = (connection: object, change: 1 | -1) => serving.set(connection, (serving.get(connection) ?? 0) + change)
    fastify.decorate('telemetry', {
      recordRefusal(code, request) {
        if (request === undefined) recordError(undefined, code)
        else recordRequest(undefined, request.status, request.tookMs, code)
      },
      isServing: connection => (serving.get(connection) ?? 0) > 0,
    })
    fastify.decorateRequest('traceId', NO_TRACE)
    fastify.decorateRequest('span', undefined)
    fastify.decorateRequest('isServed', false)
    fastify.decorateRequest('enter', run => run())

    fastify.addHook('onRequest', function beginRequest(request, reply, done) {
      const { method, protocol: scheme, headers } = request
      const ids: LogContext = { request_id: request.id }
      const span = request.routeOptions.config.probed
        ? undefined
        : withLogContext(ids, () => startRequestSpan({ method, scheme, route: request.routeOptions.url, headers }))
      request.span = span
      request.traceId = span?.traceId ?? NO_TRACE
      countServing(request.socket, 1)
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
      countServing(request.socket, -1)
      request.enter(() => tellServed(request, reply))
      done()
    })

    function tellAbandoned(request: FastifyRequest, reply: FastifyReply): void {
      request.span?.end({ statusCode: ABANDONED })
      recordRequest(request.routeOptions.url, ABANDONED, reply.elapsedTime, 'CLIENT_CLOSED_REQUEST')
      logAbandoned(log, request, reply, ABANDONED)
    }

    function tellServed(request: FastifyRequest, reply: FastifyReply): void {
      const { failure, routeOptions, span } = request
      span?.end({ statusCode: reply.statusCode, error: failure })
      recordRequest(routeOptions.url, reply.statusCode, reply.elapsedTime, failure?.code)
      logServed(log, request, reply)
    }
  },
  { name: 'telemetry' },
)

/** What went wrong, where the error only says that something did. */
function unwrap(error: unknown): unknown {
  return error instanceof ChatError && error.code === 'INTERNAL_ERROR' && error.cause !== undefined ? error.cause : error
}
