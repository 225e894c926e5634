import fp from 'fastify-plugin'
import { recordDroppedConnection } from '../../otel/recording.ts'
import { isLoopback } from '../../src/base/loopback.ts'
import { createNetworkCheck } from '../../src/base/networks.ts'
import type { Config } from '../../src/config.ts'
import { connectionLimit, readDescriptorLimit } from '../../src/health/descriptor-limit.ts'
import { createConnectionShares } from './connections/connection-shares.ts'

const REPORT_INTERVAL_MS = 10_000
/** How long idle connections stay open while more than half are in use. */
const CROWDED_KEEP_ALIVE_MS = 5000

/**
 * Limits the open connections to MAX_CONNECTIONS, and below it to what descriptors allow. Another
 * machine gets half, unless it is a trusted proxy; idle connections make room for others.
 */
export default fp<{ readonly config: Pick<Config, 'maxConnections' | 'trustProxy'> }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'connections' })
    const descriptors = readDescriptorLimit()
    const limit = connectionLimit(config.maxConnections, descriptors)
    if (limit < config.maxConnections) {
      const facts = { max_connections: limit, setting: config.maxConnections, descriptor_limit: descriptors }
      log.info({ function: 'limit_connections', ...facts }, 'Fewer connections accepted than configured: few file descriptors')
    }
    let dropped = 0
    const countDropped = () => {
      dropped++
      recordDroppedConnection()
    }
    const isProxy = createNetworkCheck(config.trustProxy)
    const isTrusted = (address: string | undefined) => isLoopback(address) || isProxy(address)
    const shares = createConnectionShares({ limit, isTrusted, onClose: countDropped })
    const { server } = fastify
    const usualKeepAliveMs = server.keepAliveTimeout
    const adjustKeepAlive = () => {
      server.keepAliveTimeout = shares.isCrowded() ? Math.min(CROWDED_KEEP_ALIVE_MS, usualKeepAliveMs) : usualKeepAliveMs
    }
    server.maxConnections = limit
    server.on('connection', socket => {
      socket.once('close', () => {
        shares.leave(socket)
        adjustKeepAlive()
      })
      shares.enter(socket)
      adjustKeepAlive()
    })
    server.on('drop', () => {
      countDropped()
      // For the next attempt.
      shares.makeRoom()
    })
    server.on('request', ({ socket }, response) => {
      shares.begin(socket)
      response.once('close', () => shares.end(socket))
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
