import type { Attributes } from '@opentelemetry/api'
import { AggregationType, type ViewOptions } from '@opentelemetry/sdk-metrics'
import { createSeriesSet } from '../metrics/series.ts'
import { METRICS, type Metric, maxSeriesOf } from '../metrics.ts'

/**
 * The views of the SDK that make of instruments what the catalogue says: name, help, labels, and a histogram's buckets. A view's figures are gathered
 * once for all readers, and without one once for each; so every histogram has one.
 */
export function createViews(): ViewOptions[] {
  return Object.entries<Metric>(METRICS).flatMap(([name, metric]) => {
    const { kind, help, buckets, foreignInstrument } = metric
    if (kind !== 'histogram') return []
    return {
      instrumentName: foreignInstrument ?? name,
      name,
      description: help,
      // One more: the SDK keeps one for what is beyond its limit. The limit does not bound what is shown in the end, since the SDK counts up to it
      // anew after every collection: that the labels' values do.
      aggregationCardinalityLimit: maxSeriesOf(metric) + 1,
      ...(foreignInstrument !== undefined && { attributesProcessors: [{ process: createLabelling(metric) }] }),
      ...(buckets !== undefined && {
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [...buckets] } },
      }),
    }
  })
}

/** Makes of the attributes that an instrumentation gives the labels of the catalogue: so named, so many and no others. */
function createLabelling(metric: Metric): (given: Attributes) => Attributes {
  const series = createSeriesSet(metric)
  const names = Object.keys(metric.labels ?? {})
  return given => {
    const values = new Map(Object.entries(given).map(([name, value]) => [name.replaceAll('.', '_'), String(value)]))
    return series.of(names.map(name => values.get(name) ?? '')).labels
  }
}
