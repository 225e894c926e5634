import { diag } from '@opentelemetry/api'
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import {
  ConsoleMetricExporter,
  type IMetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { type OtlpProtocol, readExporterNames, readOtlpDestination, readOtlpProtocol, readPositive } from './environment.ts'
import { trackExports } from './export-state.ts'

const DEFAULT_INTERVAL_MS = 60_000
const DEFAULT_TIMEOUT_MS = 30_000

const OTLP_EXPORTERS: Readonly<Record<OtlpProtocol, new () => PushMetricExporter>> = {
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
  const exportIntervalMillis = readPositive('OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_INTERVAL_MS
  const exportTimeoutMillis = Math.min(readPositive('OTEL_METRIC_EXPORT_TIMEOUT') ?? DEFAULT_TIMEOUT_MS, exportIntervalMillis)
  return readExporterNames('metrics').flatMap(name => {
    const exporter =
      name === 'otlp'
        ? track(new OTLP_EXPORTERS[readOtlpProtocol('metrics')]())
        : name === 'console'
          ? new ConsoleMetricExporter()
          : undefined
    if (exporter === undefined && name !== 'prometheus') diag.warn(`OTEL_METRICS_EXPORTER: there is no exporter "${name}"`)
    return exporter === undefined
      ? []
      : [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis })]
  })
}

/** The same exporter, with its state known. */
function track(exporter: PushMetricExporter): PushMetricExporter {
  const tracker = trackExports('metrics', readOtlpDestination('metrics'))
  return {
    export(metrics, done) {
      tracker.admit(Number.POSITIVE_INFINITY)
      tracker.attempt(1, learn =>
        exporter.export(metrics, result => {
          learn(result)
          done(result)
        }),
      )
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregation: exporter.selectAggregation?.bind(exporter),
    selectAggregationTemporality: exporter.selectAggregationTemporality?.bind(exporter),
  }
}
