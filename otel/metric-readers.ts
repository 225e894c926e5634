import { diag } from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv, getStringListFromEnv } from '@opentelemetry/core'
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import {
  ConsoleMetricExporter,
  type IMetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'

const DEFAULT_INTERVAL_MS = 60_000
const DEFAULT_TIMEOUT_MS = 30_000

const OTLP_EXPORTERS: Readonly<Record<string, new () => PushMetricExporter>> = {
  grpc: GrpcExporter,
  'http/json': JsonExporter,
  'http/protobuf': ProtobufExporter,
}

/**
 * The readers that push metrics, as the standard variables ask for them: `OTEL_METRICS_EXPORTER` (`otlp` by default, `console`, `none`),
 * `OTEL_EXPORTER_OTLP_(METRICS_)PROTOCOL`, `OTEL_METRIC_EXPORT_INTERVAL` and `_TIMEOUT`. `prometheus` asks for nothing that `/metrics` does not do.
 * The SDK would read them itself, but only where it is given no reader of ours.
 */
export function createPushReaders(): IMetricReader[] {
  const exporters = new Set(getStringListFromEnv('OTEL_METRICS_EXPORTER') ?? [])
  if (exporters.size === 0) exporters.add('otlp')
  if (exporters.has('none')) return []
  const exportIntervalMillis = positive('OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_INTERVAL_MS
  const exportTimeoutMillis = Math.min(positive('OTEL_METRIC_EXPORT_TIMEOUT') ?? DEFAULT_TIMEOUT_MS, exportIntervalMillis)
  return [...exporters].flatMap(name => {
    const exporter = name === 'otlp' ? createOtlpExporter() : name === 'console' ? new ConsoleMetricExporter() : undefined
    if (exporter === undefined && name !== 'prometheus') diag.warn(`OTEL_METRICS_EXPORTER: there is no exporter "${name}"`)
    return exporter === undefined
      ? []
      : [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis })]
  })
}

function createOtlpExporter(): PushMetricExporter {
  const protocol =
    getStringFromEnv('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL') ?? getStringFromEnv('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf'
  const Exporter = OTLP_EXPORTERS[protocol.trim()]
  if (Exporter === undefined) diag.warn(`There is no OTLP protocol "${protocol}"; http/protobuf is used`)
  return new (Exporter ?? ProtobufExporter)()
}

function positive(name: string): number | undefined {
  const value = getNumberFromEnv(name)
  if (value !== undefined && value <= 0) diag.warn(`${name} has to be greater than 0; the default is used`)
  return value !== undefined && value > 0 ? value : undefined
}
