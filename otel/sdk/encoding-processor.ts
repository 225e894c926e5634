import { context, diag, TraceFlags } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, globalErrorHandler, suppressTracing } from '@opentelemetry/core'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { SpanBatch } from '../encoding/span-batch.ts'
import type { ExportTracker } from '../export-state.ts'
import type { EncodedSpanExporter } from './otlp-exporters.ts'

/** The names and meanings of the options are those of the SDK's `BatchSpanProcessor`. */
export interface EncodingOptions {
  readonly exporter: EncodedSpanExporter
  /** Admits spans to the queue. It tracks the exporter too. */
  readonly tracker: ExportTracker
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly scheduledDelayMillis: number
}

/**
 * Creates a processor that exports batches when the SDK's `BatchSpanProcessor` does, but encodes
 * each span when it ends.
 */
export function createEncodingProcessor(options: EncodingOptions): SpanProcessor {
  const { exporter, tracker, maxQueueSize, maxExportBatchSize, scheduledDelayMillis } = options
  /** Full batches, and the one that spans are added to. */
  const queue = [new SpanBatch()]
  /** Batches that are being exported, or wait for the attributes of their resource. */
  const inFlight = new Set<Promise<void>>()
  let isExporting = false
  let isShutDown = false
  let timer: NodeJS.Timeout | undefined

  /** Resolves after the export, and never rejects. */
  function send(batch: SpanBatch): Promise<void> {
    const sent = exportBatch(batch).finally(() => inFlight.delete(sent))
    inFlight.add(sent)
    return sent
  }

  async function exportBatch(batch: SpanBatch): Promise<void> {
    if (batch.isResourcePending) await batch.waitForResource().catch(globalErrorHandler)
    const { code, error } = await new Promise<ExportResult>(resolve => {
      context.with(suppressTracing(context.active()), () => exporter.export(batch, resolve))
    })
    if (code !== ExportResultCode.SUCCESS) globalErrorHandler(error ?? new Error('spans were not exported'))
  }

  /** Takes the oldest batch; undefined if no span waits. */
  function take(): SpanBatch | undefined {
    const [batch] = queue
    if (batch === undefined || batch.count === 0) return undefined
    queue.shift()
    if (queue.length === 0) queue.push(new SpanBatch())
    return batch
  }

  async function sendNext(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = take()
    if (batch === undefined) return
    isExporting = true
    try {
      await send(batch)
    } finally {
      isExporting = false
    }
    schedule()
  }

  function schedule(): void {
    if (isExporting || queue[0]?.count === 0) return
    if (queue.length > 1 || queue[0]?.count === maxExportBatchSize) void sendNext()
    else timer ??= setTimeout(() => void sendNext(), scheduledDelayMillis).unref()
  }

  /** Exports what waits, and resolves when this and what was in flight before has been sent. */
  async function forceFlush(): Promise<void> {
    for (let batch = take(); batch !== undefined; batch = take()) void send(batch)
    await Promise.all(inFlight)
  }

  function add(span: ReadableSpan): void {
    if (queue.at(-1)?.count === maxExportBatchSize) queue.push(new SpanBatch())
    try {
      queue.at(-1)?.add(span)
    } catch (error) {
      tracker.drop()
      diag.warn('A span could not be encoded and was dropped', error)
    }
  }

  return {
    onStart() {},
    onEnd(span) {
      if (isShutDown || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
      if (!tracker.admit(maxQueueSize)) return
      add(span)
      schedule()
    },
    forceFlush,
    async shutdown() {
      isShutDown = true
      clearTimeout(timer)
      await forceFlush()
      await exporter.shutdown()
    },
  }
}
