import type { MetricReader } from '@opentelemetry/sdk-metrics'

/**
 * Collects from a reader at an interval, until the returned function is called. When one reader
 * collects, the SDK stores a copy of each view for every other reader. For a reader that is never
 * read, copies grow without bound: 6 kB a minute for a histogram of eight series.
 */
export function collectPeriodically(reader: Pick<MetricReader, 'collect'>, intervalMs: number): () => void {
  const timer = setInterval(() => {
    // The next collection includes what a failed one missed.
    reader.collect().catch(() => undefined)
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}
