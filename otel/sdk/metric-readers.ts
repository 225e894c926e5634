import { diag } from '@opentelemetry/api'
import {
  ConsoleMetricExporter,
  type IMetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import type { AzureThread } from '../azure/azure-thread.ts'
import { createThreadMetricExporter } from '../azure/thread-exporters.ts'
import { trackExports, tracked } from '../export-state.ts'
import { isOtlpEndpointConfigured, readExporterNames, readOtlpDestination, readPositive } from './environment.ts'
import { createOtlpMetricExporter } from './otlp-exporters.ts'

const DEFAULT_INTERVAL_MS = 60_000
const DEFAULT_TIMEOUT_MS = 30_000

/**
 * Creates the readers that push metrics, from `OTEL_METRICS_EXPORTER` (`otlp` by default,
 * `console`, `none`), `OTEL_EXPORTER_OTLP_(METRICS_)PROTOCOL`, `OTEL_METRIC_EXPORT_INTERVAL` and
 * `_TIMEOUT`. `prometheus` needs no reader, since `/metrics` always exists. The SDK reads these
 * variables only if it gets no readers. With a thread for Azure Monitor, a further reader pushes to
 * it.
 */
export function createPushReaders(azure?: AzureThread): IMetricReader[] {
  const exportIntervalMillis = readPositive('OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_INTERVAL_MS
  const exportTimeoutMillis = Math.min(readPositive('OTEL_METRIC_EXPORT_TIMEOUT') ?? DEFAULT_TIMEOUT_MS, exportIntervalMillis)
  const exporters = readExporterNames('metrics').flatMap(name => {
    if (name === 'otlp') return createTracked(exportTimeoutMillis)
    if (name === 'console') return new ConsoleMetricExporter()
    if (name !== 'prometheus')
      diag.warn(`OTEL_METRICS_EXPORTER: "${name}" is not an exporter. Use otlp, prometheus, console or none.`)
    return []
  })
  if (azure !== undefined) exporters.push(createAzure(azure, exportTimeoutMillis))
  return exporters.map(exporter => new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis }))
}

function createAzure(thread: AzureThread, timeoutMs: number): PushMetricExporter {
  const tracker = trackExports('metrics', thread.destination, { isConfigured: true, timeoutMs })
  return tracked(createThreadMetricExporter(thread), tracker, () => 1)
}

/** Creates a tracked OTLP exporter. Each collection is one item. */
function createTracked(timeoutMs: number): PushMetricExporter {
  const destination = readOtlpDestination('metrics')
  const tracker = trackExports('metrics', destination, { isConfigured: isOtlpEndpointConfigured(), timeoutMs })
  return tracked(createOtlpMetricExporter(), tracker, () => 1)
}
