import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'

const RETRY_AFTER_S = 5
const SAMPLE_INTERVAL_MS = 500
/** Names of the limits in the log. */
const PRESSURES: Readonly<Record<string, string>> = { eventLoopDelay: 'event_loop_delay', heapUsedBytes: 'heap_used_bytes' }

/**
 * Refuses requests with 503 while the process is overloaded. Routes with the config `PROBED` are
 * exempt.
 */
export default fp<{ readonly config: Pick<Config, 'maxEventLoopDelayMs' | 'maxHeapMb'> }>(
  async (fastify, { config: { maxEventLoopDelayMs, maxHeapMb } }) => {
    // Startup blocks the event loop for longer than the limit, so the first samples are ignored.
    let enforcedFrom = Number.POSITIVE_INFINITY
    const postpone = async () => {
      enforcedFrom = performance.now() + 2 * SAMPLE_INTERVAL_MS
    }
    fastify.addHook('onReady', postpone)
    // Modules are loaded between the two hooks.
    fastify.addHook('onListen', postpone)
    await fastify.register(underPressure, {
      sampleInterval: SAMPLE_INTERVAL_MS,
      maxEventLoopDelay: maxEventLoopDelayMs,
      maxHeapUsedBytes: maxHeapMb * 1024 * 1024,
      pressureHandler(_request, _reply, type, value) {
        if (performance.now() < enforcedFrom) return
        throw new ChatError('OVERLOADED', { retryAfterS: RETRY_AFTER_S, facts: { pressure: PRESSURES[type] ?? type, value } })
      },
    })
  },
  { name: 'under-pressure', dependencies: ['error-handler'] },
)
