import { OTLPMetricExporter as GrpcMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { SpanBatch } from '../encoding/span-batch.ts'
import { type OtlpProtocol, readOtlpProtocol } from './environment.ts'

/** Exports spans that are encoded already. */
export type EncodedSpanExporter = Pick<OTLPExporterBase<SpanBatch>, 'export' | 'shutdown'>

/** Spans in the remaining protocol, `http/protobuf`, are encoded before the export. */
const SPAN_EXPORTERS = { grpc: GrpcTraceExporter, 'http/json': JsonTraceExporter } as const
const METRIC_EXPORTERS: Readonly<Record<OtlpProtocol, new () => PushMetricExporter>> = {
  grpc: GrpcMetricExporter,
  'http/json': JsonMetricExporter,
  'http/protobuf': ProtobufMetricExporter,
}

/**
 * Creates an OTLP span exporter from the standard variables. Throws if an endpoint is not a URL.
 */
export function createOtlpSpanExporter(protocol: keyof typeof SPAN_EXPORTERS): SpanExporter {
  return new SPAN_EXPORTERS[protocol]()
}

/**
 * Creates an exporter of encoded spans over HTTP from the standard variables. Everything but the
 * encoding is the official exporter's: endpoint, headers, compression, certificates, retries.
 * Throws if an endpoint is not a URL.
 */
export function createEncodedSpanExporter(): EncodedSpanExporter {
  const options = convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': 'application/x-protobuf' })
  const serializer = {
    serializeRequest: (batch: SpanBatch) => batch.encode(),
    deserializeResponse: ProtobufTraceSerializer.deserializeResponse,
  }
  const items = { name: 'span', countItems: ({ count }: SpanBatch) => count } as const
  return new OTLPExporterBase(createOtlpHttpExportDelegate(options, serializer, 'otlp_http_span_exporter', items, undefined))
}

/**
 * Creates an OTLP metric exporter from the standard variables. Throws if an endpoint is not a URL.
 */
export function createOtlpMetricExporter(): PushMetricExporter {
  return new METRIC_EXPORTERS[readOtlpProtocol('metrics')]()
}
