import { availableParallelism, totalmem } from 'node:os'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { observe, observeAll } from '../recording.ts'

const RESOLUTION_MS = 10
const WINDOW_MS = 10_000

/**
 * Has the process's memory, processor time and event loop read with every collection; the function returned ends that. Delay and utilization
 * are those of the last full window of 10 s (before the first has passed: since the start), so that they are the same for all who collect.
 */
export function observeProcess(): () => void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  let base = performance.eventLoopUtilization()
  let last: ReturnType<typeof read> | undefined

  function read() {
    // The histogram holds whole intervals between two ticks of a timer; what exceeds the interval asked for is the delay.
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

/** Where no limit is set, Node says 0, or more than there is. */
function memoryLimitBytes(): number {
  const limit = process.constrainedMemory()
  return limit === 0 ? totalmem() : Math.min(limit, totalmem())
}
