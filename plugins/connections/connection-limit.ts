import fp from 'fastify-plugin'
import { recordDroppedConnection } from '../../otel/recording.ts'
import type { Config } from '../../src/config.ts'
import { connectionLimit, readDescriptorLimit } from '../../src/monitoring/descriptor-limit.ts'

const REPORT_INTERVAL_MS = 10_000

/** Limits the open connections to MAX_CONNECTIONS, and below it to what descriptors allow. */
export default fp<{ readonly config: Pick<Config, 'maxConnections'> }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'connections' })
    const descriptors = readDescriptorLimit()
    const limit = connectionLimit(config.maxConnections, descriptors)
    if (limit < config.maxConnections) {
      const facts = { max_connections: limit, setting: config.maxConnections, descriptor_limit: descriptors }
      log.info({ function: 'limit_connections', ...facts }, 'Fewer connections accepted than configured: few file descriptors')
    }
    let dropped = 0
    fastify.server.maxConnections = limit
    fastify.server.on('drop', () => {
      dropped += 1
      recordDroppedConnection()
    })
    // One line for all of an interval: each line would cost more than the attacker's connection.
    fastify.background.repeat(REPORT_INTERVAL_MS, 'dropped_connections', async () => {
      if (dropped === 0) return
      log.warn({ function: 'report_dropped', connections: dropped, max_connections: limit }, 'Connections dropped')
      dropped = 0
    })
  },
  { name: 'connection-limit', dependencies: ['background'] },
)
