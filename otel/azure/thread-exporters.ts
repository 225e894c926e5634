import type { ExportResult } from '@opentelemetry/core'
import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type MetricData,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { AzureThread } from './azure-thread.ts'
import { toSpanRecord } from './span-record.ts'

/** Creates an exporter that passes spans to the thread. An empty batch asks for the last result. */
export function createThreadSpanExporter(thread: AzureThread): SpanExporter {
  return {
    export(spans, done) {
      if (spans.length === 0) thread.send({ kind: 'probe' }, 0, done)
      else thread.send({ kind: 'spans', spans: JSON.stringify(spans.map(toSpanRecord)) }, spans.length, done)
    },
    shutdown: async () => {},
  }
}

/**
 * Creates an exporter that passes metrics to the thread. Counters and histograms that did not
 * change are left out: Azure charges for each value.
 */
export function createThreadMetricExporter(thread: AzureThread): PushMetricExporter {
  return {
    export({ scopeMetrics }, done: (result: ExportResult) => void) {
      const metrics = scopeMetrics.flatMap(scope =>
        scope.metrics.map(withoutIdle).filter(({ dataPoints }) => dataPoints.length > 0),
      )
      thread.send({ kind: 'metrics', metrics }, 1, done)
    },
    // Azure adds up values, so each export has the changes since the one before.
    selectAggregationTemporality: type =>
      type === InstrumentType.UP_DOWN_COUNTER || type === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER
        ? AggregationTemporality.CUMULATIVE
        : AggregationTemporality.DELTA,
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}

function withoutIdle(metric: MetricData): MetricData {
  if (metric.dataPointType === DataPointType.SUM && metric.isMonotonic)
    return { ...metric, dataPoints: metric.dataPoints.filter(({ value }) => value !== 0) }
  if (metric.dataPointType === DataPointType.HISTOGRAM)
    return { ...metric, dataPoints: metric.dataPoints.filter(({ value }) => value.count > 0) }
  return metric
}
