import type { Attributes } from '@opentelemetry/api'
import { DataPointType, type MetricData, type MetricReader } from '@opentelemetry/sdk-metrics'
import { METRICS, type MetricName } from '../metrics.ts'

/** One series of a snapshot, by the name and labels of `/metrics`. */
export interface SnapshotSeries {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly labels: Readonly<Record<string, string>>
}

/** The values of all metrics at one time. */
export interface MetricsSnapshot {
  /** The series that the values are of; undefined if they are those of the snapshot before. */
  readonly layout?: readonly SnapshotSeries[]
  readonly values: Float64Array<ArrayBuffer>
}

/**
 * Creates a function that reads all metrics of the catalogue. A histogram gives its buckets, sum
 * and count, as in the Prometheus text format. It uses the reader of `/metrics`: with one of its
 * own, the SDK would keep each counter once more.
 */
export function createSnapshots(reader: Pick<MetricReader, 'collect'>): () => Promise<MetricsSnapshot> {
  let known: readonly Attributes[] = []
  return async () => {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics
      .flatMap(scope => scope.metrics)
      .filter(({ descriptor }) => descriptor.name in METRICS)
    const attributes = metrics.flatMap(({ dataPoints }) => dataPoints.map(point => point.attributes))
    const isKnown = attributes.length === known.length && attributes.every((each, i) => each === known[i])
    known = attributes
    const values = Float64Array.from(metrics.flatMap(valuesOf))
    return isKnown ? { values } : { layout: metrics.flatMap(seriesOf), values }
  }
}

function valuesOf(metric: MetricData): readonly number[] {
  if (metric.dataPointType === DataPointType.HISTOGRAM)
    return metric.dataPoints.flatMap(({ value: { buckets, sum = 0, count } }) => {
      let below = 0
      const cumulative = buckets.counts.map(count => {
        below += count
        return below
      })
      return [...cumulative, sum, count]
    })
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return []
  return metric.dataPoints.map(({ value }) => value)
}

function seriesOf(metric: MetricData): readonly SnapshotSeries[] {
  const { name } = metric.descriptor
  if (metric.dataPointType === DataPointType.HISTOGRAM)
    return metric.dataPoints.flatMap(({ attributes, value: { buckets } }) => {
      const labels = labelsOf(attributes)
      const bounds = [...buckets.boundaries.map(String), '+Inf']
      return [
        ...bounds.map(le => ({ name: `${name}_bucket`, kind: 'counter', labels: { ...labels, le } }) as const),
        { name: `${name}_sum`, kind: 'counter', labels } as const,
        { name: `${name}_count`, kind: 'counter', labels } as const,
      ]
    })
  const kind = METRICS[name as MetricName].kind.endsWith('counter') ? 'counter' : 'gauge'
  return metric.dataPoints.map(({ attributes }) => ({ name, kind, labels: labelsOf(attributes) }))
}

function labelsOf(attributes: Attributes): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]))
}
