import { AsyncResource } from 'node:async_hooks'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { announceEndpoint, recordError, recordRequest } from '../../otel/recording.ts'
import { startRequestSpan } from '../../otel/tracing/request-span.ts'
import { createRepeatedEvents } from '../../src/access/repeated-events.ts'
import type { Config } from '../../src/config.ts'
import { withLogContext } from '../../src/logging/record/log-context.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { addressOf, describeClient } from '../access/callers/client.ts'
import { createRequestLines } from './requests/request-lines.ts'
import type { RefusalRecorder, RequestTelemetry } from './requests/request-telemetry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    telemetry: RefusalRecorder
  }
  interface FastifyRequest {
    telemetry: RequestTelemetry
  }
}

/** The status that proxies log for a request whose client disconnected. It is never sent. */
const CLIENT_CLOSED_REQUEST = 499
/** Observes each request: its root span, its metrics and its log line. */
export default fp<{ readonly config: Pick<Config, 'logMessageContent'> }>(
  async (fastify, { config }) => {
    const redactor = config.logMessageContent === 'off' ? undefined : createRedactor()
    const log = fastify.log.child({ module: 'http' })
    const lines = createRequestLines(log, redactor, fastify.pseudonym, createRepeatedEvents)
    fastify.decorate('telemetry', {
      logRepeated: lines.logRepeated,
      recordFrameworkError(request, reply, error) {
        recordRequest(undefined, error.statusCode, reply.elapsedTime, error.code)
        lines.logFrameworkError(request, reply, error)
      },
      recordClientError(socket, error) {
        recordError(undefined, error.code)
        lines.logClientError(socket, error)
      },
    })
    fastify.decorateRequest('telemetry')
    announceEndpoint()
    fastify.addHook('onRoute', ({ url }) => announceEndpoint(url))
    fastify.addHook('onRequest', function beginRequest(request, reply, done) {
      const { id, method, protocol: scheme, headers, routeOptions } = request
      const ids = { request_id: id }
      const traced = { method, scheme, route: routeOptions.url, headers }
      const span = routeOptions.config.probed ? undefined : withLogContext(ids, () => startRequestSpan(traced))
      // Keeps the contexts of log and span. Entering it is 40 times cheaper than entering both.
      const capture = () => new AsyncResource('request')
      const scope = withLogContext(ids, () => (span === undefined ? capture() : span.run(capture)))
      const run: RequestTelemetry['run'] = fn => scope.runInAsyncScope(fn)
      // The address is read now because a closed socket has none.
      const client = describeClient(addressOf(request), fastify.pseudonym)
      request.telemetry = { span, client, run, failure: undefined, isServed: false }
      reply.headers({ 'x-request-id': id, ...(span?.traceId !== undefined && { 'x-trace-id': span.traceId }) })
      // Fastify does not call `onResponse` when the client disconnects.
      reply.raw.once('close', () => request.telemetry.isServed || run(() => end(request, reply, CLIENT_CLOSED_REQUEST)))
      run(done)
    })
    // The body's events run outside the context of the request.
    fastify.addHook('preValidation', (request, _reply, done) => request.telemetry.run(done))
    fastify.addHook('onResponse', async (request, reply) => {
      const { telemetry } = request
      // Undefined if admission control refused it, before the hook above.
      if (telemetry !== undefined) telemetry.isServed = true
      telemetry?.run(() => end(request, reply, reply.statusCode))
    })
    function end(request: FastifyRequest, reply: FastifyReply, statusCode: number): void {
      const { span, isServed } = request.telemetry
      const error = isServed ? request.telemetry.failure : undefined
      span?.end({ statusCode, error })
      recordRequest(request.routeOptions.url, statusCode, reply.elapsedTime, isServed ? error?.code : 'CLIENT_CLOSED_REQUEST')
      if (isServed) lines.logServed(request, reply)
      else lines.logAbandoned(request, reply, statusCode)
    }
  },
  { name: 'telemetry', dependencies: ['pseudonym', 'span-rules'] },
)
