import { diag } from '@opentelemetry/api'
import {
  ConsoleMetricExporter,
  type IMetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { trackExports, tracked } from '../export-state.ts'
import { isOtlpEndpointConfigured, readExporterNames, readOtlpDestination, readPositive } from './environment.ts'
import { createOtlpMetricExporter } from './otlp-exporters.ts'

const DEFAULT_INTERVAL_MS = 60_000
const DEFAULT_TIMEOUT_MS = 30_000

/**
 * Creates the readers that push metrics, from `OTEL_METRICS_EXPORTER` (`otlp` by default,
 * `console`, `none`), `OTEL_EXPORTER_OTLP_(METRICS_)PROTOCOL`, `OTEL_METRIC_EXPORT_INTERVAL` and
 * `_TIMEOUT`. `prometheus` needs no reader, since `/metrics` always exists. The SDK reads these
 * variables only if it gets no readers.
 */
export function createPushReaders(): IMetricReader[] {
  const exportIntervalMillis = readPositive('OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_INTERVAL_MS
  const exportTimeoutMillis = Math.min(readPositive('OTEL_METRIC_EXPORT_TIMEOUT') ?? DEFAULT_TIMEOUT_MS, exportIntervalMillis)
  return readExporterNames('metrics').flatMap(name => {
    const exporter =
      name === 'otlp' ? createTracked(exportTimeoutMillis) : name === 'console' ? new ConsoleMetricExporter() : undefined
    if (exporter === undefined && name !== 'prometheus')
      diag.warn(`OTEL_METRICS_EXPORTER: "${name}" is not an exporter. Use otlp, prometheus, console or none.`)
    return exporter === undefined
      ? []
      : [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis })]
  })
}

/** Creates a tracked OTLP exporter. Each collection is one item. */
function createTracked(timeoutMs: number): PushMetricExporter {
  const destination = readOtlpDestination('metrics')
  const tracker = trackExports('metrics', destination, { isConfigured: isOtlpEndpointConfigured(), timeoutMs })
  return tracked(createOtlpMetricExporter(), tracker, () => 1)
}
