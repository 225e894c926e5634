import { diag, TraceFlags } from '@opentelemetry/api'
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
import { trackExports, tracked } from '../export-state.ts'
import { isOtlpEndpointConfigured, readExporterNames, readOtlpDestination, readPositive } from './environment.ts'
import { createOtlpSpanExporter } from './otlp-exporters.ts'
import { createSpanFinisher } from './span-finisher.ts'

/** Defaults of the SDK. */
const DEFAULT_MAX_QUEUE_SIZE = 2048
const DEFAULT_MAX_EXPORT_BATCH_SIZE = 512
const DEFAULT_SCHEDULED_DELAY_MS = 5000
const DEFAULT_EXPORT_TIMEOUT_MS = 30_000

/** Span processors and sampler for the SDK. */
export interface SpanPipeline {
  readonly spanProcessors: SpanProcessor[]
  /** Undefined if `OTEL_TRACES_SAMPLER` applies. */
  readonly sampler?: Sampler
}

/**
 * Creates the span pipeline from `OTEL_TRACES_EXPORTER` (`otlp` by default, `console`, `none`),
 * `OTEL_EXPORTER_OTLP_(TRACES_)PROTOCOL` and `OTEL_BSP_*`, and from the thread for Azure Monitor if
 * there is one. With `none` and without that thread no span is recorded, but trace ids
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
      return createBatching(readOtlpDestination('traces'), isOtlpEndpointConfigured(), createOtlpSpanExporter)
    case 'console':
      return new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })
    default:
      diag.warn(`OTEL_TRACES_EXPORTER: "${name}" is not an exporter. Use otlp, console or none.`)
      return undefined
  }
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
