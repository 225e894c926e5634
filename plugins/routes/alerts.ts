import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import type { WatchThread } from '../../src/watch/client/watch-thread-client.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { AlertHistoryQuery, AlertHistorySchema, AlertsSchema } from './schemas/monitoring-schemas.ts'

const DEFAULT_LIMIT = 100

/** The alerts of the server and their history. */
export default fp(
  (async fastify => {
    grant(fastify, ['operator'])
    const { monitoring } = fastify
    const ask = async <Answer>(question: (thread: WatchThread) => Promise<Answer>) => {
      if (monitoring.thread === undefined) throw new ChatError('MONITORING_OFF')
      return question(monitoring.thread).catch(cause => {
        throw new ChatError('MONITORING_UNAVAILABLE', { cause, retryAfterS: 5 })
      })
    }

    fastify.get('/admin/alerts', { schema: describeOperation('listAlerts', { 200: AlertsSchema }) }, async () =>
      ask(thread => thread.list()),
    )
    fastify.get(
      '/admin/alerts/history',
      { schema: { ...describeOperation('listAlertHistory', { 200: AlertHistorySchema }), querystring: AlertHistoryQuery } },
      async ({ query: { rule, since, until, limit = DEFAULT_LIMIT } }) => ({
        history: await ask(thread =>
          thread.history({
            limit,
            ...(rule !== undefined && { rule }),
            ...(since !== undefined && { since: Date.parse(since) }),
            ...(until !== undefined && { until: Date.parse(until) }),
          }),
        ),
      }),
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'alerts-routes', dependencies: ['monitoring'], encapsulate: true },
)
