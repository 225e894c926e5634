import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { grant } from '../access/callers/route-access.ts'
import { PROBED } from '../edge/replies/probed.ts'
import { describeOperation } from './documentation/operations.ts'
import { HealthSchema, NotReadySchema, ReadinessSchema } from './schemas/service-schemas.ts'

/** Liveness and readiness. Both are read-only. */
export default fp(
  (async fastify => {
    grant(fastify, 'everyone')
    const alive = (operation: 'getHealth' | 'getLiveness') => ({
      config: PROBED,
      schema: describeOperation(operation, { 200: HealthSchema }),
    })
    fastify.get('/health', alive('getHealth'), async () => ({ status: 'ok' as const }))
    fastify.get('/health/live', alive('getLiveness'), async () => ({ status: 'ok' as const }))

    fastify.get(
      '/health/ready',
      {
        config: PROBED,
        schema: describeOperation('getReadiness', { 200: ReadinessSchema, 503: NotReadySchema }),
      },
      async ({ caller }, reply) => {
        const readiness = await fastify.readiness()
        if (readiness.status !== 'ready') reply.code(503)
        // What fails, and how the server is built, is not for everyone.
        return fastify.mayRead(caller, 'read') ? readiness : { status: readiness.status }
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'health-routes', dependencies: ['access', 'readiness'], encapsulate: true },
)
