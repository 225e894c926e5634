import type { Test } from 'tap'
import { METRICS, type Metric } from '../../../otel/metrics.ts'
import { type Selector, selectorsOf } from './promql-facts.ts'

/** A selector of a query, with the location of the query. */
export type Asked = Selector & { readonly called: string }

interface Known {
  readonly name: string
  readonly kind?: Metric['kind']
  readonly labels?: Readonly<Record<string, unknown>>
}

const SPAN_LABELS = ['service_name', 'span_name', 'span_kind', 'status_code', 'db_system_name', 'server_address']
/** Metrics of other services and labels that Prometheus adds. Other unknown names are errors. */
const FOREIGN: Readonly<Record<string, { readonly kind: Metric['kind']; readonly labels: readonly string[] }>> = {
  up: { kind: 'gauge', labels: [] },
  ALERTS: { kind: 'gauge', labels: ['alertname', 'alertstate', 'severity'] },
  'chatbot:error_ratio:rate30m': { kind: 'gauge', labels: ['day'] },
  'chatbot:requests:rate30m': { kind: 'gauge', labels: ['day'] },
  traces_span_metrics_calls_total: { kind: 'counter', labels: SPAN_LABELS },
  traces_span_metrics_duration_seconds: { kind: 'histogram', labels: SPAN_LABELS },
  ...Object.fromEntries(
    ['spans', 'log_records', 'metric_points'].flatMap(item => [
      [`otelcol_receiver_accepted_${item}`, { kind: 'counter', labels: ['receiver', 'transport'] }],
      [`otelcol_receiver_refused_${item}`, { kind: 'counter', labels: ['receiver', 'transport'] }],
      [`otelcol_exporter_sent_${item}`, { kind: 'counter', labels: ['exporter'] }],
      [`otelcol_exporter_send_failed_${item}`, { kind: 'counter', labels: ['exporter'] }],
      [`otelcol_exporter_enqueue_failed_${item}`, { kind: 'counter', labels: ['exporter'] }],
    ]),
  ),
  otelcol_exporter_queue_size: { kind: 'gauge', labels: ['exporter', 'data_type'] },
  otelcol_exporter_queue_capacity: { kind: 'gauge', labels: ['exporter', 'data_type'] },
}
const TARGET_LABELS = ['job', 'instance']

/** Returns the selectors of a query. Durations may be Grafana variables. */
export function askedBy(called: string, query: string): Asked[] {
  return selectorsOf(query.replace(/\$__\w+/g, '5m')).map(selector => ({ ...selector, called }))
}

/** Checks that metrics, labels and label values exist. */
export function checkLabels(t: Test, asked: readonly Asked[]): void {
  for (const { called, metric, matchers, groupings } of asked) {
    const { name, labels } = findMetric(metric)
    t.ok(labels, `${called}: there is a metric ${metric}`)
    const allowed = [...Object.keys(labels ?? {}), ...TARGET_LABELS, ...(metric.endsWith('_bucket') ? ['le'] : [])]
    for (const label of [...matchers.map(({ label }) => label), ...groupings.flat()])
      t.ok(allowed.includes(label), `${called}: ${name} has a label ${label}`)
    for (const { label, operator, value } of matchers) {
      const values = labels?.[label]
      if (Array.isArray(values) && !operator.includes('~')) t.ok(values.includes(value), `${called}: ${label} can be ${value}`)
    }
  }
}

/** Checks that counters are queried by rate or increase, gauges by value. */
export function checkKinds(t: Test, asked: readonly Asked[]): void {
  for (const { called, metric, functions } of asked) {
    const { kind } = findMetric(metric)
    const rises = functions.some(name => ['rate', 'increase'].includes(name))
    t.equal(rises, kind !== 'gauge', `${called}: ${metric} is a ${kind}`)
  }
}

/** Checks that histograms are queried by buckets with `le`, or by sum and count. */
export function checkHistograms(t: Test, asked: readonly Asked[]): void {
  for (const { called, metric, groupings, functions } of asked) {
    const { name, kind } = findMetric(metric)
    if (kind === 'histogram') t.not(metric, name, `${called}: ${metric} is a part of a histogram`)
    if (functions.includes('histogram_quantile')) t.match(metric, /_bucket$/, `${called}: quantiles come from buckets`)
    if (metric.endsWith('_bucket')) t.ok(groupings[0]?.includes('le'), `${called}: buckets keep the label le`)
  }
}

/** Returns the metric of a name in a query; without labels if unknown. */
export function findMetric(name: string): Known {
  const histogram = name.replace(/_(bucket|sum|count)$/, '')
  const own: Readonly<Record<string, Metric>> = METRICS
  for (const candidate of [name, histogram]) {
    const metric = own[candidate]
    if (metric !== undefined) return { name: candidate, kind: metric.kind, labels: metric.labels ?? {} }
    const foreign = FOREIGN[candidate]
    if (foreign !== undefined)
      return { name: candidate, kind: foreign.kind, labels: Object.fromEntries(foreign.labels.map(label => [label, undefined])) }
  }
  return { name }
}

/**
 * Returns the labels left after all aggregations. Labels from Prometheus count only without
 * aggregation.
 */
export function keptBy({ metric, groupings, matchers }: Selector): readonly string[] {
  const all = [...Object.keys(findMetric(metric).labels ?? {}), ...TARGET_LABELS, ...matchers.map(({ label }) => label), 'le']
  return groupings.reduce((kept, labels) => kept.filter(label => labels.includes(label)), all)
}
