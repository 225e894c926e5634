import { type Histogram, metrics, type Observable, ROOT_CONTEXT } from '@opentelemetry/api'
import { METRICS, type Metric, type MetricName, type NameOf } from '../metrics.ts'
import { createSeriesSet, type SeriesSet } from './series.ts'

/**
 * Adds one to a counter; the values are those of its labels, in the catalogue's order. Counted here and read by the SDK when metrics are
 * collected: the SDK's own counters hash the labels each time, once for every reader, which costs ten times as much.
 */
export function count(name: NameOf<'counter'>, ...values: readonly string[]): void {
  seriesOf(name).of(values).count += 1
}

/** Records a value in a histogram, in the metric's unit. */
export function record(name: NameOf<'histogram'>, value: number, ...values: readonly string[]): void {
  // Which context is active matters to views only, and none of ours asks.
  instrumentOf<Histogram>(name).record(value, seriesOf(name).of(values).labels, ROOT_CONTEXT)
}

/** The instrument behind a metric that is read when metrics are collected. */
export function observable(name: NameOf<'gauge' | 'observed-counter'>): Observable {
  return instrumentOf<Observable>(name)
}

/**
 * Has the counters read from now on, those with all their labels' values known from 0 on, so that a first count is seen as a rise. To be called
 * once, when the SDK has started.
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

/** Has a counter show a series, and those that differ from it in a label with known values only, from 0 on. The values are as for `count`. */
export function announce(name: NameOf<'counter'>, ...values: readonly string[]): void {
  seriesOf(name).of(values)
}

const seriesSets = new Map<MetricName, SeriesSet>()
/** Made at first use: before the SDK has started there are only ones that do nothing. */
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
