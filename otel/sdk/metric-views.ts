import type { Attributes } from '@opentelemetry/api'
import { AggregationType, type ViewOptions } from '@opentelemetry/sdk-metrics'
import { createSeriesSet } from '../metrics/series.ts'
import { METRICS, type Metric, maxSeriesOf } from '../metrics.ts'

/**
 * Creates the SDK views that give histograms the name, help, labels and buckets of the catalogue.
 * Every histogram has a view, because the SDK aggregates a view once for all readers, and other
 * instruments once per reader.
 */
export function createViews(): ViewOptions[] {
  return Object.entries<Metric>(METRICS).flatMap(([name, metric]) => {
    const { kind, help, buckets, foreignInstrument } = metric
    if (kind !== 'histogram') return []
    return {
      instrumentName: foreignInstrument ?? name,
      name,
      description: help,
      // Plus one for the SDK's overflow series. Label values bound the series; the SDK restarts its
      // count after each collection.
      aggregationCardinalityLimit: maxSeriesOf(metric) + 1,
      ...(foreignInstrument !== undefined && { attributesProcessors: [{ process: createLabelling(metric) }] }),
      ...(buckets !== undefined && {
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [...buckets] } },
      }),
    }
  })
}

/** Maps the attributes of an instrumentation to the labels of the catalogue. */
function createLabelling(metric: Metric): (given: Attributes) => Attributes {
  const series = createSeriesSet(metric)
  const names = Object.keys(metric.labels ?? {})
  return given => {
    const values = new Map(Object.entries(given).map(([name, value]) => [name.replaceAll('.', '_'), String(value)]))
    return series.of(names.map(name => values.get(name) ?? '')).labels
  }
}
