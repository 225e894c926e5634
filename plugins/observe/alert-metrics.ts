import fp from 'fastify-plugin'
import { observeAlerts } from '../../otel/metrics/alert-metrics.ts'
import { RULES } from '../../src/watch/rules/rules.ts'

/** Metrics of alerts and notifications. */
export default fp(
  async fastify => {
    const { monitoring } = fastify
    const rules = RULES.map(({ id }) => id)
    fastify.addHook(
      'onClose',
      observeAlerts(() => monitoring.thread?.state, rules),
    )
  },
  { name: 'alert-metrics', dependencies: ['monitoring'] },
)
