import { diag, TraceFlags } from '@opentelemetry/api'
import { getStringFromEnv } from '@opentelemetry/core'
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin'
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  NoopSpanProcessor,
  type Sampler,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import type { AzureThread } from '../azure/azure-thread.ts'
import { createThreadSpanExporter } from '../azure/thread-exporters.ts'
import { SpanBatch } from '../encoding/span-batch.ts'
import { trackExports, tracked } from '../export-state.ts'
import { createEncodingProcessor } from './encoding-processor.ts'
import {
  isOtlpEndpointConfigured,
  readExporterNames,
  readOtlpDestination,
  readOtlpProtocol,
  readPositive,
  withoutCredentials,
} from './environment.ts'
import { createEncodedSpanExporter, createOtlpSpanExporter } from './otlp-exporters.ts'
import { createSpanFinisher } from './span-finisher.ts'

/** Defaults of the SDK. */
const DEFAULT_MAX_QUEUE_SIZE = 2048
const DEFAULT_MAX_EXPORT_BATCH_SIZE = 512
const DEFAULT_SCHEDULED_DELAY_MS = 5000
const DEFAULT_EXPORT_TIMEOUT_MS = 30_000
const DEFAULT_ZIPKIN_ENDPOINT = 'http://localhost:9411/api/v2/spans'

/** Span processors and sampler for the SDK. */
export interface SpanPipeline {
  readonly spanProcessors: SpanProcessor[]
  /** Undefined if `OTEL_TRACES_SAMPLER` applies. */
  readonly sampler?: Sampler
}

/**
 * Creates the span pipeline from `OTEL_TRACES_EXPORTER` (`otlp` by default, `zipkin`, `console`,
 * `none`), `OTEL_EXPORTER_OTLP_(TRACES_)PROTOCOL` and `OTEL_BSP_*`, and from the thread for Azure
 * Monitor if there is one. With `none` and without that thread no span is recorded, but trace ids
 * still appear in replies, log lines and outgoing requests, for less than 1 µs per span.
 */
export function createSpanPipeline(azure?: AzureThread): SpanPipeline {
  const processors = readExporterNames('traces').flatMap(name => createProcessor(name) ?? [])
  if (azure !== undefined) processors.push(createBatching(azure.destination, true, () => createThreadSpanExporter(azure)))
  if (processors.length === 0) return { spanProcessors: [new NoopSpanProcessor()], sampler: new AlwaysOffSampler() }
  return { spanProcessors: [createSpanFinisher(), ...processors] }
}

function createProcessor(name: string): SpanProcessor | undefined {
  switch (name) {
    case 'otlp':
      return createOtlp()
    case 'zipkin':
      return createBatching(
        withoutCredentials(getStringFromEnv('OTEL_EXPORTER_ZIPKIN_ENDPOINT') ?? DEFAULT_ZIPKIN_ENDPOINT),
        true,
        () => new ZipkinExporter(),
      )
    case 'console':
      return new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })
    default:
      diag.warn(`OTEL_TRACES_EXPORTER: "${name}" is not an exporter. Use otlp, zipkin, console or none.`)
      return undefined
  }
}

/**
 * Creates the processor for OTLP. Spans in the default protocol are encoded as they end; for the
 * others the SDK keeps them until the export.
 */
function createOtlp(): SpanProcessor {
  const destination = readOtlpDestination('traces')
  const isConfigured = isOtlpEndpointConfigured()
  const protocol = readOtlpProtocol('traces')
  if (protocol !== 'http/protobuf') return createBatching(destination, isConfigured, () => createOtlpSpanExporter(protocol))
  const exporter = createEncodedSpanExporter()
  const limits = readLimits()
  const tracker = trackExports('traces', destination, {
    isConfigured,
    timeoutMs: limits.exportTimeoutMillis,
    sendNothing: done => exporter.export(new SpanBatch(), done),
  })
  return createEncodingProcessor({ ...limits, exporter: tracked(exporter, tracker, ({ count }: SpanBatch) => count), tracker })
}

/** Reads `OTEL_BSP_*`. */
function readLimits() {
  const maxQueueSize = readPositive('OTEL_BSP_MAX_QUEUE_SIZE') ?? DEFAULT_MAX_QUEUE_SIZE
  const batchSize = readPositive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? Math.min(DEFAULT_MAX_EXPORT_BATCH_SIZE, maxQueueSize)
  if (batchSize > maxQueueSize)
    diag.warn(`OTEL_BSP_MAX_EXPORT_BATCH_SIZE: ${batchSize} is larger than the queue. Using ${maxQueueSize}.`)
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(batchSize, maxQueueSize),
    scheduledDelayMillis: readPositive('OTEL_BSP_SCHEDULE_DELAY') ?? DEFAULT_SCHEDULED_DELAY_MS,
    exportTimeoutMillis: readPositive('OTEL_BSP_EXPORT_TIMEOUT') ?? DEFAULT_EXPORT_TIMEOUT_MS,
  }
}

/**
 * Creates the SDK's batch processor with a tracked exporter. The SDK drops spans silently when its
 * queue is full, so spans are admitted here, up to its queue size, and the others counted.
 */
function createBatching(destination: string, isConfigured: boolean, createExporter: () => SpanExporter): SpanProcessor {
  const exporter = createExporter()
  const limits = readLimits()
  const tracker = trackExports('traces', destination, {
    isConfigured,
    timeoutMs: limits.exportTimeoutMillis,
    sendNothing: done => exporter.export([], done),
  })
  const batches = new BatchSpanProcessor({
    exporter: tracked(exporter, tracker, (spans: readonly unknown[]) => spans.length),
    ...limits,
  })
  return {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
      if (tracker.admit(limits.maxQueueSize)) batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  }
}
