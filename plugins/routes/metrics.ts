import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ChatError } from '../../src/errors.ts'
import { PROBED } from '../http/probed.ts'

export interface MetricsRouteOptions {
  /** Answers in Prometheus' text format on the bare reply; undefined while telemetry is off. */
  readonly metricsHandler: () => ((request: IncomingMessage, reply: ServerResponse) => void) | undefined
}

/** `GET /metrics`: the same figures that are pushed to a collector, for whoever has none. */
export default (async (fastify, { metricsHandler }) => {
  fastify.get(
    '/metrics',
    {
      config: PROBED,
      schema: { tags: ['service'], summary: 'Figures in the text format of Prometheus', produces: ['text/plain'] },
    },
    async (request, reply) => {
      const answer = metricsHandler()
      if (answer === undefined) throw new ChatError('TELEMETRY_OFF')
      reply.hijack()
      answer(request.raw, reply.raw)
    },
  )
}) satisfies FastifyPluginAsyncTypebox<MetricsRouteOptions>
