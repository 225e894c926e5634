import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import type { Config } from '../src/config.ts'
import { ChatError } from '../src/errors.ts'
import { createPressureGauge, type Pressure } from '../src/health/pressure-gauge.ts'

const RETRY_AFTER_S = 5
const SAMPLE_INTERVAL_MS = 500
/**
 * The longest interval of a timer. The plugin's own samples open a file, and throw in a timer when
 * the process has no free file descriptor, which would end it.
 */
const NEVER_MS = 2 ** 31 - 1

/**
 * Refuses requests with 503 while the process is overloaded. Routes with the config `PROBED` are
 * exempt.
 */
export default fp<{ readonly config: Pick<Config, 'maxEventLoopDelayMs' | 'maxHeapMb'> }>(
  async (fastify, { config }) => {
    // Startup blocks the event loop for longer than the limit, so the first samples are ignored.
    let enforcedFrom = Number.POSITIVE_INFINITY
    const postpone = async () => {
      enforcedFrom = performance.now() + 2 * SAMPLE_INTERVAL_MS
    }
    fastify.addHook('onReady', postpone)
    // Modules are loaded between the two hooks.
    fastify.addHook('onListen', postpone)
    const { maxEventLoopDelayMs, maxHeapMb } = config
    const gauge = createPressureGauge({ maxEventLoopDelayMs, maxHeapBytes: maxHeapMb * 1024 * 1024 })
    fastify.addHook('onClose', async () => gauge.stop())
    let pressure: Pressure | undefined
    await fastify.register(underPressure, {
      sampleInterval: NEVER_MS,
      healthCheck: async () => {
        pressure = gauge.sample()
        return pressure === undefined
      },
      healthCheckInterval: SAMPLE_INTERVAL_MS,
      pressureHandler: async () => {
        if (pressure === undefined || performance.now() < enforcedFrom) return
        const facts = { pressure: pressure.kind, value: pressure.value }
        throw new ChatError('OVERLOADED', { retryAfterS: RETRY_AFTER_S, facts })
      },
    })
  },
  { name: 'under-pressure', dependencies: ['error-handler'] },
)
