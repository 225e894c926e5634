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

/** The SDK's own defaults. */
const DEFAULT_MAX_QUEUE_SIZE = 2048
const DEFAULT_MAX_EXPORT_BATCH_SIZE = 512
const DEFAULT_EXPORT_TIMEOUT_MS = 30_000
const DEFAULT_ZIPKIN_ENDPOINT = 'http://localhost:9411/api/v2/spans'

/** What spans go through, for the SDK. */
export interface SpanPipeline {
  readonly spanProcessors: SpanProcessor[]
  /** Undefined where `OTEL_TRACES_SAMPLER` is to say which traces are kept. */
  readonly sampler?: Sampler
}

/**
 * Makes what spans go through, as the standard variables ask for it: `OTEL_TRACES_EXPORTER` (`otlp` by default, `zipkin`, `console`, `none`),
 * `OTEL_EXPORTER_OTLP_(TRACES_)PROTOCOL` and `OTEL_BSP_*`. With `none` nothing is recorded, but there are traces all the same, whose ids stand on
 * replies and log lines and go along with calls that leave; that costs less than 1 µs a span.
 */
export function createSpanPipeline(): SpanPipeline {
  const exits = readExporterNames('traces').flatMap(name => createExit(name) ?? [])
  if (exits.length === 0) return { spanProcessors: [new NoopSpanProcessor()], sampler: new AlwaysOffSampler() }
  return { spanProcessors: [createSpanFinisher(), ...exits] }
}

function createExit(name: string): SpanProcessor | undefined {
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
      diag.warn(`OTEL_TRACES_EXPORTER: there is no exporter "${name}", but otlp, zipkin, console and none`)
      return undefined
  }
}

/**
 * The SDK's batches, with their state known. The SDK drops without a word what comes while its queue is full, so as much as it takes is
 * counted here, and what is more never reaches it.
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
    // The SDK warns of a batch that is larger than the queue, even where nobody asked for one.
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
