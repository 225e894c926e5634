import { availableParallelism, totalmem } from 'node:os'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { observe, observeAll } from '../recording.ts'

const RESOLUTION_MS = 10
const WINDOW_MS = 10_000

/**
 * Observes memory, CPU time and event loop of the process, until the returned function is called.
 * Delay and utilization are those of the last full 10 s, or since the start, so all collectors read
 * the same values.
 */
export function observeProcess(): () => void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  let base = performance.eventLoopUtilization()
  let last: ReturnType<typeof read> | undefined

  function read() {
    // The histogram contains intervals between timer ticks. What exceeds the resolution is delay.
    const delayS = (percentile: number) => Math.max(0, delays.percentile(percentile) / 1e9 - RESOLUTION_MS / 1000)
    return { p50: delayS(50), p99: delayS(99), utilization: performance.eventLoopUtilization(base).utilization }
  }

  const timer = setInterval(() => {
    last = read()
    delays.reset()
    base = performance.eventLoopUtilization()
  }, WINDOW_MS)
  timer.unref()

  const stop = observeAll([
    observe('process_resident_memory_bytes', () => process.memoryUsage.rss()),
    observe('process_memory_limit_bytes', memoryLimitBytes),
    observe('process_heap_used_bytes', () => process.memoryUsage().heapUsed),
    observe('process_heap_limit_bytes', () => getHeapStatistics().heap_size_limit),
    observe('process_cpu_seconds_total', () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    }),
    observe('process_available_cpus', availableParallelism),
    observe('process_start_time_seconds', () => performance.timeOrigin / 1000),
    observe('process_event_loop_delay_seconds', () => (last ?? read()).p50, { quantile: '0.5' }),
    observe('process_event_loop_delay_seconds', () => (last ?? read()).p99, { quantile: '0.99' }),
    observe('process_event_loop_utilization_ratio', () => (last ?? read()).utilization),
  ])
  return () => {
    clearInterval(timer)
    delays.disable()
    stop()
  }
}

/** Without a limit, Node returns 0 or more than the machine has. */
function memoryLimitBytes(): number {
  const limit = process.constrainedMemory()
  return limit === 0 ? totalmem() : Math.min(limit, totalmem())
}
