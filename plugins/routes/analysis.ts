import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { parseTime } from '../../src/logging/reading/time-argument.ts'
import { createAnalysisRunner } from '../../src/watch/analysis/analysis-worker.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { AnalysisParams, AnalysisQuery, AnalysisSchema } from './schemas/monitoring-schemas.ts'

const DEFAULT_SINCE = '7d'

/** Analyses of the log and of the stored metrics. */
export default fp(
  (async (fastify, { config: { logDir, dataDir } }) => {
    grant(fastify, ['read'])
    const runner = createAnalysisRunner({ logDir, dataDir })
    fastify.get(
      '/admin/analysis/:name',
      {
        schema: { ...describeOperation('analyse', { 200: AnalysisSchema }), params: AnalysisParams, querystring: AnalysisQuery },
      },
      async ({ params: { name }, query }) => {
        const now = Date.now()
        const to = query.until === undefined ? now : parseTime(query.until, now)
        const from = parseTime(query.since ?? DEFAULT_SINCE, now)
        if (from === undefined || to === undefined || from >= to)
          throw new ChatError('VALIDATION_ERROR', {
            message: 'since must be before until. Use 2h, 7d or a time such as 2026-01-15T10:30:00Z',
          })
        const time = (at: number) => new Date(at).toISOString()
        await fastify.audit.record('analysis_read', { name, since: time(from), until: time(to), json: true })
        return JSON.parse(await runner.run(name, { from, to }, fastify.background.closing))
      },
    )
  }) satisfies FastifyPluginAsyncTypebox<{ readonly config: Pick<Config, 'logDir' | 'dataDir'> }>,
  { name: 'analysis-routes', dependencies: ['audit', 'background'], encapsulate: true },
)
