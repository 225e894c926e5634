import type { MetricReader } from '@opentelemetry/sdk-metrics'

/**
 * Reads a reader's metrics every so often, in case nobody else does, until the function returned is called. Whenever one reader collects, the SDK
 * puts a copy of each view's figures aside for every other, until that one collects too. For a reader that nobody reads the copies pile up
 * without end: 6 kB a minute for a histogram of eight series.
 */
export function keepRead(reader: Pick<MetricReader, 'collect'>, intervalMs: number): () => void {
  const timer = setInterval(() => {
    // A reading that fails is left out; the next one takes what it would have.
    reader.collect().catch(() => undefined)
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}
