import { type Histogram, metrics, type Observable, ROOT_CONTEXT } from '@opentelemetry/api'
import { METRICS, type Metric, type MetricName, type NameOf } from '../metrics.ts'
import { createSeriesSet, type SeriesSet } from './series.ts'

/**
 * Adds one to a counter. Values are those of its labels, in catalogue order. Counted here and
 * observed by the SDK, whose own counters hash labels on every call, once per reader, at ten times
 * the cost.
 */
export function count(name: NameOf<'counter'>, ...values: readonly string[]): void {
  seriesOf(name).of(values).count += 1
}

/** Records a value in a histogram, in the metric's unit. */
export function record(name: NameOf<'histogram'>, value: number, ...values: readonly string[]): void {
  // Only views use the context, and ours do not.
  instrumentOf<Histogram>(name).record(value, seriesOf(name).of(values).labels, ROOT_CONTEXT)
}

/** Returns the instrument of a metric that is read at collection. */
export function observable(name: NameOf<'gauge' | 'observed-counter'>): Observable {
  return instrumentOf<Observable>(name)
}

/**
 * Registers all counters. Those whose label values are all known start at 0, to make the first
 * count visible as an increase. Call once, after the SDK has started.
 */
export function announceCounters(): void {
  for (const name of Object.keys(METRICS) as MetricName[]) {
    if (METRICS[name].kind !== 'counter') continue
    const series = seriesOf(name)
    series.makeAll()
    instrumentOf<Observable>(name).addCallback(result => {
      for (const { labels, count } of series.all()) result.observe(count, labels)
    })
  }
}

/**
 * Starts a counter series at 0, with the series that differ only in labels whose values are known.
 * Values are as for `count`.
 */
export function announce(name: NameOf<'counter'>, ...values: readonly string[]): void {
  seriesOf(name).of(values)
}

const seriesSets = new Map<MetricName, SeriesSet>()
/** Created at first use: before the SDK starts, instruments do nothing. */
const instruments = new Map<MetricName, unknown>()

function seriesOf(name: MetricName): SeriesSet {
  const series = seriesSets.get(name) ?? createSeriesSet(METRICS[name])
  seriesSets.set(name, series)
  return series
}

function instrumentOf<Kind>(name: MetricName): Kind {
  const instrument = instruments.get(name) ?? makeInstrument(name, METRICS[name])
  instruments.set(name, instrument)
  return instrument as Kind
}

function makeInstrument(name: MetricName, { kind, unit, help }: Metric): unknown {
  const meter = metrics.getMeter('pellucid')
  const options = { unit, description: help }
  if (kind === 'gauge') return meter.createObservableGauge(name, options)
  if (kind === 'histogram') return meter.createHistogram(name, options)
  return meter.createObservableCounter(name, options)
}
