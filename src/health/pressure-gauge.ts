import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

export interface PressureLimits {
  /** 0 disables the check. */
  readonly maxEventLoopDelayMs: number
  /** 0 disables the check. */
  readonly maxHeapBytes: number
}

/** A limit that is exceeded. The value is in the unit of the limit. */
export interface Pressure {
  readonly kind: 'event_loop_delay' | 'heap_used_bytes'
  readonly value: number
}

export interface PressureGauge {
  /** Returns the limit that is exceeded since the last call, if any. Opens no file. */
  sample(): Pressure | undefined
  stop(): void
}

const RESOLUTION_MS = 10

/**
 * Creates a gauge of event-loop delay and heap. It does not call `process.memoryUsage()`, which
 * reads a file and throws when the process has no free file descriptor.
 */
export function createPressureGauge({ maxEventLoopDelayMs, maxHeapBytes }: PressureLimits): PressureGauge {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  return {
    sample() {
      // The histogram contains intervals between timer ticks. It is empty if none has passed.
      const mean = Number.isNaN(delays.mean) ? Number.POSITIVE_INFINITY : delays.mean / 1e6
      const delayMs = Math.max(0, mean - RESOLUTION_MS)
      delays.reset()
      const heapBytes = getHeapStatistics().used_heap_size
      if (maxEventLoopDelayMs > 0 && delayMs > maxEventLoopDelayMs) return { kind: 'event_loop_delay', value: delayMs }
      if (maxHeapBytes > 0 && heapBytes > maxHeapBytes) return { kind: 'heap_used_bytes', value: heapBytes }
      return undefined
    },
    stop: () => void delays.disable(),
  }
}
