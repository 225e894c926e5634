import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import { grant } from '../access/callers/route-access.ts'
import { PROBED } from '../edge/replies/probed.ts'
import { describeOperation } from './documentation/operations.ts'
import { MetricsSchema } from './schemas/service-schemas.ts'

export interface MetricsRouteOptions {
  /** Writes the Prometheus text format to the bare reply. Undefined while telemetry is off. */
  readonly metricsHandler: () => ((request: IncomingMessage, reply: ServerResponse) => void) | undefined
}

/** `GET /metrics`: the metrics that are also exported to a collector. */
export default fp(
  (async (fastify, { metricsHandler }) => {
    grant(fastify, ['read'])
    fastify.get(
      '/metrics',
      {
        config: PROBED,
        schema: { ...describeOperation('getMetrics', { 200: MetricsSchema }), produces: ['text/plain'] },
      },
      async (request, reply) => {
        const answer = metricsHandler()
        if (answer === undefined) throw new ChatError('TELEMETRY_OFF')
        for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
        reply.hijack()
        answer(request.raw, reply.raw)
      },
    )
  }) satisfies FastifyPluginAsyncTypebox<MetricsRouteOptions>,
  { name: 'metrics-routes', encapsulate: true },
)
