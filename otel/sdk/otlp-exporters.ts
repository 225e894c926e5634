import { OTLPMetricExporter as GrpcMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import { type OtlpProtocol, readOtlpProtocol } from './environment.ts'

const SPAN_EXPORTERS: Readonly<Record<OtlpProtocol, new () => SpanExporter>> = {
  grpc: GrpcTraceExporter,
  'http/json': JsonTraceExporter,
  'http/protobuf': ProtobufTraceExporter,
}
const METRIC_EXPORTERS: Readonly<Record<OtlpProtocol, new () => PushMetricExporter>> = {
  grpc: GrpcMetricExporter,
  'http/json': JsonMetricExporter,
  'http/protobuf': ProtobufMetricExporter,
}

/**
 * Creates an OTLP span exporter from the standard variables. Throws if an endpoint is not a URL.
 */
export function createOtlpSpanExporter(): SpanExporter {
  return new SPAN_EXPORTERS[readOtlpProtocol('traces')]()
}

/**
 * Creates an OTLP metric exporter from the standard variables. Throws if an endpoint is not a URL.
 */
export function createOtlpMetricExporter(): PushMetricExporter {
  return new METRIC_EXPORTERS[readOtlpProtocol('metrics')]()
}
