import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import type { Config } from '../src/config.ts'
import { ChatError } from '../src/errors.ts'

const RETRY_AFTER_S = 5
const SAMPLE_INTERVAL_MS = 500
/** Names of the limits in the log. */
const PRESSURE_NAMES: Readonly<Record<string, string>> = {
  eventLoopDelay: 'event_loop_delay',
  heapUsedBytes: 'heap_used_bytes',
}

/** Refuses work with 503 while the process has too much of it; a route that programs ask every few seconds opts out by `PROBED`. */
export default fp<{ readonly config: Pick<Config, 'maxEventLoopDelayMs' | 'maxHeapMb'> }>(
  async (fastify, { config }) => {
    // The first samples hold the start itself, which keeps the event loop busy for longer than any request may.
    let settledAt = Number.POSITIVE_INFINITY
    const settle = async () => {
      settledAt = performance.now() + 2 * SAMPLE_INTERVAL_MS
    }
    fastify.addHook('onReady', settle)
    // What is loaded between the two is a part of the start.
    fastify.addHook('onListen', settle)
    await fastify.register(underPressure, {
      maxEventLoopDelay: config.maxEventLoopDelayMs,
      maxHeapUsedBytes: config.maxHeapMb * 1024 * 1024,
      // Utilization says little: a closed loop of sixteen clients can keep the loop busy without anybody waiting long.
      eventLoopUtilizationMode: 'interval',
      sampleInterval: SAMPLE_INTERVAL_MS,
      pressureHandler: async (_request, _reply, type, value) => {
        if (performance.now() < settledAt) return
        throw new ChatError('OVERLOADED', {
          retryAfterS: RETRY_AFTER_S,
          facts: { pressure: PRESSURE_NAMES[type] ?? 'other', value },
        })
      },
    })
  },
  { name: 'under-pressure', dependencies: ['error-handler'] },
)
