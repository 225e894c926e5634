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
import { trackExports, tracked } from '../export-state.ts'
import {
  isOtlpEndpointConfigured,
  readExporterNames,
  readOtlpDestination,
  readPositive,
  withoutCredentials,
} from './environment.ts'
import { createOtlpSpanExporter } from './otlp-exporters.ts'
import { createSpanFinisher } from './span-finisher.ts'

/** Defaults of the SDK. */
const DEFAULT_MAX_QUEUE_SIZE = 2048
const DEFAULT_MAX_EXPORT_BATCH_SIZE = 512
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
 * `none`), `OTEL_EXPORTER_OTLP_(TRACES_)PROTOCOL` and `OTEL_BSP_*`. With `none` no span is
 * recorded, but trace ids still appear in replies, log lines and outgoing requests, for less than 1
 * µs per span.
 */
export function createSpanPipeline(): SpanPipeline {
  const processors = readExporterNames('traces').flatMap(name => createProcessor(name) ?? [])
  if (processors.length === 0) return { spanProcessors: [new NoopSpanProcessor()], sampler: new AlwaysOffSampler() }
  return { spanProcessors: [createSpanFinisher(), ...processors] }
}

function createProcessor(name: string): SpanProcessor | undefined {
  switch (name) {
    case 'otlp':
      return createBatching(readOtlpDestination('traces'), isOtlpEndpointConfigured(), createOtlpSpanExporter)
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
 * Creates the SDK's batch processor with a tracked exporter. The SDK drops spans silently when its
 * queue is full, so spans are admitted here, up to its queue size, and the others counted.
 */
function createBatching(destination: string, isConfigured: boolean, createExporter: () => SpanExporter): SpanProcessor {
  const exporter = createExporter()
  const maxQueueSize = readPositive('OTEL_BSP_MAX_QUEUE_SIZE') ?? DEFAULT_MAX_QUEUE_SIZE
  const timeoutMs = readPositive('OTEL_BSP_EXPORT_TIMEOUT') ?? DEFAULT_EXPORT_TIMEOUT_MS
  const tracker = trackExports('traces', destination, {
    isConfigured,
    timeoutMs,
    sendNothing: done => exporter.export([], done),
  })
  const batches = new BatchSpanProcessor({
    exporter: tracked(exporter, tracker, (spans: readonly unknown[]) => spans.length),
    maxQueueSize,
    // The SDK warns if its default batch is larger than the queue.
    maxExportBatchSize: readPositive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? Math.min(DEFAULT_MAX_EXPORT_BATCH_SIZE, maxQueueSize),
    scheduledDelayMillis: readPositive('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: timeoutMs,
  })
  return {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
      if (tracker.admit(maxQueueSize)) batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  }
}
