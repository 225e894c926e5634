import type { MetricReader } from '@opentelemetry/sdk-metrics'

/**
 * Reads a reader's metrics every so often, in case nobody else does, until the function returned is called. What a view gathers is kept for a
 * reader until that asks for it, in one piece for each time that another reader does: 6 kB a minute and histogram of eight series, without end.
 */
export function keepRead(reader: Pick<MetricReader, 'collect'>, intervalMs: number): () => void {
  const timer = setInterval(() => {
    // A reading that fails is left out; the next one takes what it would have.
    reader.collect().catch(() => undefined)
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}
